import { once } from 'node:events'
import { createServer } from 'node:net'
import type { ConfigurationError } from '#errors.js'
import { cannotListen } from '../cannot-listen.js'

/** The server library says only that it cannot listen; Node, asked for the same address, says why. */
export async function listenFailure(host: string, port: number): Promise<ConfigurationError> {
  const probe = createServer().listen(port, host)
  try {
    await once(probe, 'listening')
    return cannotListen(host, port)
  } catch (error) {
    return cannotListen(host, port, error as Error)
  } finally {
    probe.close()
  }
}
