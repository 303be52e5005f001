import { randomBytes } from 'node:crypto'
import { sampleIds } from '#sample/shop.js'
import { sampleUsers, tokenOf, type SampleKey } from '#sample/users.js'
import type { PersonAnswer } from './answers.js'
import { GatewayConsole, type GatewayConsoleOptions } from './gateway-console.js'

/** The console of the sample shop, behind a key that is made for this process. */
export interface SampleConsole {
  readonly key: string
  readonly console: GatewayConsole
}

/** @param tokenKey undefined where the gateway's key is the user's own: tokens are theirs to sign then. */
export function sampleConsole(tokenKey: SampleKey | undefined, options: GatewayConsoleOptions): SampleConsole {
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
  return { key, console: new GatewayConsole(options, [admin], { people, ids: sampleIds }) }
}
