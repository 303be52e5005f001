import { randomBytes } from 'node:crypto'
import { sampleIds } from '#sample/shop.js'
import { sampleUsers, tokenOf, type SampleKey } from '#sample/users.js'
import { ConfigurationError } from '#errors.js'
import type { PublishedEntity } from '#publisher/published-entity.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import type { PersonAnswer } from './answers.js'
import { GatewayConsole, type GatewayConsoleOptions } from './gateway-console.js'
import type { SampleSchemas } from './sample.js'

/** The console of the sample shop, behind a key that is made for this process. */
export interface SampleConsole {
  readonly key: string
  readonly console: GatewayConsole
}

export interface Shop {
  /** Undefined where the gateway's key is the user's own: tokens are theirs to sign then. */
  readonly tokenKey: SampleKey | undefined
  /** What it writes its entities by. */
  readonly published: readonly PublishedEntity[]
}

export function sampleConsole({ tokenKey, published }: Shop, options: GatewayConsoleOptions): SampleConsole {
  const key = randomBytes(32).toString('base64url')
  const admin = { label: 'the sample shop', rights: new Set(['view', 'act'] as const), token: key }
  const people = async (): Promise<PersonAnswer[]> => {
    if (tokenKey === undefined) return []
    return Promise.all(
      sampleUsers.map(async (user) => {
        const { name, sees, claims } = user
        return { name, sees, roles: claims.roles, token: await tokenOf(user, tokenKey) }
      }),
    )
  }
  return { key, console: new GatewayConsole(options, [admin], { people, ids: sampleIds, ...schemasOf(published) }) }
}

function schemasOf(published: readonly PublishedEntity[]): SampleSchemas {
  const named = (entityType: string): PublishedEntity => {
    const found = published.find(({ definition }) => definition.name === entityType)
    if (found === undefined) throw new ConfigurationError(`The shop has no ${entityType}.`)
    return found
  }
  return { encoderOf: (entityType) => EntityEncoder.of(named(entityType).file), recordOf: (entityType) => named(entityType).record }
}
