import type { ClientOptions } from './api.js'
import { Client } from './client.js'
import { systemSurroundings } from './surroundings.js'
import { v1Dialect } from './v1-dialect.js'

export type * from './api.js'
export type * from './failure-codes.js'
export { SluiceError } from './sluice-error.js'

/** A client of a server that speaks `sluice.v1`. */
export class SluiceClient<Types extends object = Record<string, unknown>> extends Client<Types> {
  /** @param url `ws(s)://host[:port][/prefix]`, or who knows it; `/ws/{client_id}` is put behind it */
  constructor(url: string | (() => string | Promise<string>), options: ClientOptions) {
    super(url, options, v1Dialect, systemSurroundings(options.WebSocket))
  }
}
