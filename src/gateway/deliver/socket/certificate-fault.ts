import { ConfigurationError } from '#errors.js'
import type { ServerOptions } from './server.js'

export function certificateFault({ certFile, keyFile }: NonNullable<ServerOptions['tls']>, cause: unknown): ConfigurationError {
  return new ConfigurationError(`TLS_CERT_FILE (${certFile}) and TLS_KEY_FILE (${keyFile}) cannot be used as a certificate and its key.`, {
    cause,
  })
}
