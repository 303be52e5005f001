import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { type ClientCredentials, TokenEndpoint } from '#login/token-endpoint.js'
import type { ConfluentRegistryOptions } from './confluent-client.js'

/** A registry as it is configured: its tokens may have to be fetched. */
export interface ConfiguredRegistry extends ConfluentRegistryOptions {
  readonly credentials?: ClientCredentials | undefined
}

/** The registry with its login; all calls share the tokens that are fetched. */
export function withLogin({ credentials, ...registry }: ConfiguredRegistry, clock: Clock, log: Log): ConfluentRegistryOptions {
  if (credentials === undefined) return registry
  const endpoint = new TokenEndpoint('the registry', credentials, clock, log)
  return { ...registry, token: () => endpoint.token() }
}
