import { once } from 'node:events'
import { createServer } from 'node:net'
import { ConfigurationError } from '#errors.js'

/** The server library says only that it cannot listen; Node, asked for the same address, says why. */
export async function listenFailure(host: string, port: number): Promise<ConfigurationError> {
  const probe = createServer().listen(port, host)
  try {
    await once(probe, 'listening')
    return new ConfigurationError(`HOST and PORT: the server cannot listen on ${host}:${port}.`)
  } catch (error) {
    return new ConfigurationError(`HOST and PORT: the server cannot listen on ${host}:${port}: ${(error as Error).message}.`, {
      cause: error,
    })
  } finally {
    probe.close()
  }
}
