import { randomBytes } from 'node:crypto'
import { sampleIds } from '#sample/shop.js'
import { sampleUsers, tokenOf, type SampleKey } from '#sample/users.js'
import type { ShopWriters } from '#sample/shop-writers.js'
import type { SlowReaders } from '#sample/slow-readers.js'
import { EntityEncoder } from '#tools/policy/entity-encoder.js'
import type { PersonAnswer } from './answers.js'
import type { GroundSchemas, ShopActs } from './trial-ground.js'
import { GatewayConsole, type GatewayConsoleOptions } from './gateway-console.js'

/** The console of the sample shop, behind a key that is made for this process. */
export interface SampleConsole {
  readonly key: string
  readonly console: GatewayConsole
}

export interface Shop {
  /** Undefined where the gateway's key is the user's own: tokens are theirs to sign then. */
  readonly tokenKey: SampleKey | undefined
  /** What it writes its entities by. */
  readonly writers: ShopWriters
  readonly readers: SlowReaders
}

export function sampleConsole({ tokenKey, writers, readers }: Shop, options: GatewayConsoleOptions): SampleConsole {
  const key = randomBytes(32).toString('base64url')
  const admin = { label: 'the sample shop', rights: new Set(['view', 'act'] as const), token: key }
  const people = async (): Promise<PersonAnswer[]> => {
    if (tokenKey === undefined) return []
    return Promise.all(
      sampleUsers.map(async (user) => {
        const { name, sees, claims } = user
        return { sub: claims.sub, name, sees, roles: claims.roles, token: await tokenOf(user, tokenKey) }
      }),
    )
  }
  const schemas: GroundSchemas = {
    encoderOf: (entityType) => EntityEncoder.of(writers.entityOf(entityType).file),
    recordOf: (entityType) => writers.entityOf(entityType).record,
  }
  const shop: ShopActs = {
    addField: (entityType) => writers.addField(entityType),
    readSlowly: (client, slowly) => readers.setPace(client, slowly),
  }
  return { key, console: new GatewayConsole(options, [admin], { people, ids: sampleIds, shop, ...schemas }) }
}
