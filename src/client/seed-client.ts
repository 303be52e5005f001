import type { ClientOptions } from './api.js'
import { Client } from './client.js'
import { seedDialect } from './seed-dialect.js'
import { systemSurroundings } from './surroundings.js'

export type * from './api.js'
export type * from './failure-codes.js'
export { SluiceError } from './sluice-error.js'

/** A client of a server that speaks the seed's protocol alone: changes as they come, without snapshots and without a way back after a loss. */
export class SeedClient<Types extends object = Record<string, unknown>> extends Client<Types> {
  /** @param url as `SluiceClient`'s */
  constructor(url: string | (() => string | Promise<string>), options: ClientOptions) {
    super(url, options, seedDialect, systemSurroundings(options.WebSocket))
  }
}
