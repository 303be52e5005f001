import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import type { CreateServer } from './server.js'
import { loadLibrary, UwsServer } from './uws/uws-server.js'
import { WsServer } from './ws/ws-server.js'

/** By which library clients are served. `auto`: by uWebSockets.js where it runs. */
export type ServerChoice = 'auto' | 'uws' | 'ws'

/** By the scenarios `idle` and `servers` of the bench: 7.4 instead of 3.3 kB; 158,000 instead of 200,000 deliveries by themselves a CPU second. */
const price = ', which takes twice the memory for a connection and a quarter more CPU for a write; SERVER=ws says that this is meant'

/** @throws ConfigurationError where uWebSockets.js is asked for and does not run here. */
export async function chooseServer(choice: ServerChoice, log: Log, load = loadLibrary): Promise<CreateServer> {
  if (choice === 'ws') return onWs
  try {
    const library = await load()
    return (options, parts) => UwsServer.create(options, parts, library)
  } catch (error) {
    if (choice === 'uws' || !(error instanceof ConfigurationError)) throw error
    log.warn({}, `${error.message.replace(/\.$/, '')}, so clients are served by ws${price}.`)
    return onWs
  }
}

const onWs: CreateServer = (options, parts) => WsServer.create(options, parts)
