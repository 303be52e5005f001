import { ConfigurationError } from '#errors.js'
import type { Environment } from './environment.js'
import { type PemNames, pemReader, type PemTexts, setPem } from './pem-files.js'
import { readSasl, type SaslConfig } from './sasl-config.js'

/** How brokers are reached. */
export interface BrokerConfig {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly rack: string | undefined
  readonly requestMsMax: number
  readonly sasl: SaslConfig | undefined
  /** Reads the files anew. @throws ConfigurationError as at the start. */
  readonly tls: (() => PemTexts) | undefined
}

/** Checks SASL and TLS even where `KAFKA_BROKERS` is not set. @throws ConfigurationError */
export function readBrokerConfig(environment: Environment): BrokerConfig {
  return {
    brokers: environment.list('KAFKA_BROKERS'),
    clientId: environment.required('KAFKA_CLIENT_ID'),
    rack: environment.optional('KAFKA_RACK'),
    requestMsMax: environment.integer('KAFKA_REQUEST_TIMEOUT_MS'),
    sasl: readSasl(environment),
    tls: kafkaTls(environment),
  }
}

const files: PemNames = { ca: 'KAFKA_TLS_CA_FILE', cert: 'KAFKA_TLS_CERT_FILE', key: 'KAFKA_TLS_KEY_FILE' }

function kafkaTls(environment: Environment): BrokerConfig['tls'] {
  const useless = setPem(environment, files)
  if (environment.isOn('KAFKA_TLS')) return pemReader(environment, files)
  // Without an error the connection would be unprotected, and the operator would believe it to be protected.
  if (useless !== undefined) throw new ConfigurationError(`${useless} is set, but KAFKA_TLS is not "on".`)
  return undefined
}
