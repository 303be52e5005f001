import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Clock } from '#clock.js'
import type { AdminRequest, AdminRoutes } from '#gateway/observe/admin-answer.js'
import type { RunningParts } from '#gateway/start.js'
import type { Log } from '#log.js'
import { sampleIds } from '#sample/shop.js'
import { sampleUsers, tokenOf, type SampleKey } from '#sample/users.js'
import type { PersonAnswer } from './answers.js'
import { Console } from './console.js'
import { Guard } from './guard.js'
import { PageFiles } from './page-files.js'

/** Beside the code that the build puts into `dist/src`. */
const pageFolder = fileURLToPath(new URL('../../console/page', import.meta.url))

/** The console of the sample shop, behind a key that is made for this process. */
export interface SampleConsole {
  readonly key: string
  routes(parts: RunningParts): AdminRoutes
}

/** @param tokenKey undefined where the gateway's key is the user's own: tokens are theirs to sign then. */
export function sampleConsole(tokenKey: SampleKey | undefined, hosts: readonly string[], clock: Clock, log: Log): SampleConsole {
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
  return {
    key,
    routes({ node, url, gateway, policy, meter }) {
      return new Console({
        ...{ node, policy, meter, clock, log },
        files: PageFiles.read(pageFolder),
        guard: new Guard({ tokens: [admin], hosts, clock, log }),
        socketUrl: (request) => reachedAs(url, request),
        knownSchemas: () => gateway.knownSchemas(),
        sample: { people, ids: sampleIds },
      }).routes()
    },
  }
}

/** A server that listens everywhere is reached under the name by which the page was. */
function reachedAs(url: string, { headers: { host } }: AdminRequest): string {
  const socket = new URL(url)
  const isEverywhere = ['0.0.0.0', '[::]'].includes(socket.hostname)
  if (isEverywhere) socket.hostname = new URL(`http://${host}`).hostname
  return socket.href.replace(/\/$/, '')
}
