import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { secret } from '../../test/support/gateway/tokens.js'
import type { ServerOptions } from './contender.js'

/** A file of the gateway that is measured for this topic. */
export function fileOf({ lab, topic }: ServerOptions, name: string, text: string): string {
  const path = join(lab.folder, `${topic.name}-${name}`)
  writeFileSync(path, text)
  return path
}

/** What every gateway under measurement is told, wherever its records come from. */
export function environmentOf(options: ServerOptions): Record<string, string> {
  return {
    ...{ HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'info', CONNECTIONS_MAX: '100000', UPGRADES_PER_SECOND_MAX: '1000000' },
    POLICY_FILE: fileOf(options, 'policy.json', options.policy),
    JWT_SECRET: secret,
    ...options.env,
  }
}
