import { type AdminToken, adminTokensIn } from './admin-tokens.js'
import type { Environment } from './environment.js'

/** Who may look at the console, and where its page finds the gateway. */
export interface AdminConfig {
  /** Undefined: a gateway of one's own has no console. */
  readonly tokenFile: AdminTokenFile | undefined
  /** Undefined: the gateway's own address, under the name by which the page was reached. */
  readonly gatewayUrl: string | undefined
}

export interface AdminTokenFile {
  readonly path: string
  readonly text: string
  readonly tokens: readonly AdminToken[]
}

/** @throws ConfigurationError */
export function readAdminConfig(environment: Environment): AdminConfig {
  return Object.freeze({ tokenFile: tokenFile(environment), gatewayUrl: environment.optional('CONSOLE_GATEWAY_URL')?.replace(/\/+$/, '') })
}

function tokenFile(environment: Environment): AdminTokenFile | undefined {
  const text = environment.file('ADMIN_TOKEN_FILE')
  if (text === undefined) return undefined
  return Object.freeze({ path: environment.required('ADMIN_TOKEN_FILE'), text, tokens: adminTokensIn(text) })
}
