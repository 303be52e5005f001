import { ConfigurationError } from '#errors.js'
import type { Environment } from './environment.js'
import { readCertificate, readKey } from './pem-files.js'
import { readSasl, type SaslConfig } from './sasl-config.js'

/** PEM texts. */
export interface KafkaPems {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** How brokers are reached. */
export interface BrokerConfig {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly rack: string | undefined
  readonly requestMsMax: number
  readonly sasl: SaslConfig | undefined
  /** Reads the files anew. @throws ConfigurationError as at the start. */
  readonly tls: (() => KafkaPems) | undefined
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

function kafkaTls(environment: Environment): BrokerConfig['tls'] {
  const files = ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const
  environment.together('KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE')
  if (environment.isOn('KAFKA_TLS')) {
    const pems = () => readPems(environment)
    pems() // What is wrong is said at the start already.
    return pems
  }
  // Without an error the connection would be unprotected, and the operator would believe it to be protected.
  const useless = files.find((name) => environment.isSet(name))
  if (useless !== undefined) throw new ConfigurationError(`${useless} is set, but KAFKA_TLS is not "on".`)
  return undefined
}

function readPems(environment: Environment): KafkaPems {
  const [ca, cert] = [readCertificate(environment, 'KAFKA_TLS_CA_FILE'), readCertificate(environment, 'KAFKA_TLS_CERT_FILE')]
  return Object.freeze({ ca: ca?.pem, cert: cert?.pem, key: readKey(environment, 'KAFKA_TLS_KEY_FILE', 'KAFKA_TLS_CERT_FILE') })
}
