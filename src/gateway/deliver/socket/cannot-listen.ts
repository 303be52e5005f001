import { ConfigurationError } from '#errors.js'

export function cannotListen(host: string, port: number, cause?: Error): ConfigurationError {
  const why = cause === undefined ? '' : `: ${cause.message}`
  return new ConfigurationError(`HOST and PORT: the server cannot listen on ${host}:${port}${why}.`, { cause })
}
