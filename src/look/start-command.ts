import { dirname, join } from 'node:path'
import { entriesOf } from '#config/variable-value.js'
import type { Variables } from '#tools/cli/broker-options.js'
import { redacted } from '#text/redaction.js'

/**
 * What starts a gateway by files, for a shell. Logins stay in the variables where they are: a command stands in histories and lists of processes.
 * @param paths whole, as the command is for Sluice's own folder.
 */
export function startCommand(paths: { readonly policy: string; readonly entities: string }, values: Variables): string {
  const { KAFKA_BROKERS = '', SCHEMA_REGISTRY_URL = '' } = values
  const said = {
    POLICY_FILE: paths.policy,
    ENTITIES: paths.entities,
    KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: entriesOf(SCHEMA_REGISTRY_URL).map(redacted).join(),
  }
  // Beside the files, so that whoever starts it can sign tokens by it; and on this machine alone, as before.
  const secret = quoted(join(dirname(paths.policy), 'jwt-secret'))
  const assigned = Object.entries({ ...said, HOST: '127.0.0.1' }).map(([name, value]) => `${name}=${quoted(value)}`)
  return `(umask 077; openssl rand -hex 32 > ${secret}) && ${assigned.join(' ')} JWT_SECRET_FILE=${secret} npm start`
}

function quoted(text: string): string {
  return /^[\w./:@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
