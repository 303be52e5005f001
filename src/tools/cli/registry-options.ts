import type { Command } from 'commander'
import { isHttpUrl } from '#text/http-url.js'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { redacted } from '#text/redaction.js'
import { WrongUseError } from './wrong-use-error.js'

/** The options by which commands reach the registry. */
export interface RegistryOptions {
  readonly registryUrl?: string | undefined
  readonly registryUser?: string | undefined
  readonly registryPassword?: string | undefined
}

/** How long a call may take with its references, in milliseconds: people wait for it, but registries start slowly. */
const timeoutMs = 10_000

/** Values from the environment are not shown by --help, as a password may be among them. */
export function addRegistryOptions(command: Command): Command {
  return command
    .option('--registry-url <url>', "the root of the registry's API (default: SCHEMA_REGISTRY_URL)")
    .option('--registry-user <name>', 'for basic authentication (default: SCHEMA_REGISTRY_USER)')
    .option('--registry-password <password>', 'better in SCHEMA_REGISTRY_PASSWORD, where no list of processes shows it')
}

/** Sends no request yet. @throws WrongUseError where no address is given. */
export async function subjectsOf({
  registryUrl: url,
  registryUser: user,
  registryPassword: password,
}: RegistryOptions): Promise<ConfluentSubjects> {
  if (url === undefined || !isHttpUrl(url)) {
    const what = url === undefined ? 'is not set' : `is "${redacted(url)}", which is no URL that begins with http:// or https://`
    throw new WrongUseError(`The address of the registry (--registry-url or SCHEMA_REGISTRY_URL) ${what}.`)
  }
  return await ConfluentSubjects.create({ url, user, password, timeoutMs })
}
