import type { Command } from 'commander'
import { systemClock } from '#clock.js'
import { Environment } from '#config/environment.js'
import { readRegistryConfig } from '#config/registry-config.js'
import { readTextFile } from '#config/text-file.js'
import { entriesOf } from '#config/variable-value.js'
import { openLog } from '#logging/open-log.js'
import { withLogin } from '#registry/registry-login.js'
import { isHttpUrl } from '#text/http-url.js'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { redacted } from '#text/redaction.js'
import type { Variables } from './broker-options.js'
import { WrongUseError } from './wrong-use-error.js'

/** The options by which commands reach the registry. */
export interface RegistryOptions {
  readonly registryUrl?: string | undefined
  readonly registryUser?: string | undefined
  readonly registryPassword?: string | undefined
  /** The variables that say the rest, as for the gateway. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** How long a call may take with its references, in milliseconds: people wait for it, but registries start slowly. */
const timeoutMs = 10_000

export function addRegistryOptions(command: Command): Command {
  return command
    .option(
      '--registry, --registry-url <url>',
      "the root of the registry's API (default: SCHEMA_REGISTRY_URL); other logins and TLS by the variables of the gateway",
    )
    .option('--registry-user <name>', 'for basic authentication (default: SCHEMA_REGISTRY_USER)')
    .option('--registry-password <password>', 'better in SCHEMA_REGISTRY_PASSWORD, where no list of processes shows it')
}

/** The variables of the gateway, with what the options say instead. @throws WrongUseError where no address is given. */
export function registryVariables({ registryUrl, registryUser, registryPassword, environment }: RegistryOptions): Variables {
  const given = { SCHEMA_REGISTRY_URL: registryUrl, SCHEMA_REGISTRY_USER: registryUser, SCHEMA_REGISTRY_PASSWORD: registryPassword }
  const values = { ...environment, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
  refuseAddress(values['SCHEMA_REGISTRY_URL'])
  return values
}

/** Sends no request yet. @throws WrongUseError where no address is given, ConfigurationError where a login or a file cannot be used. */
export async function subjectsOf(options: RegistryOptions): Promise<ConfluentSubjects> {
  const config = readRegistryConfig(new Environment(registryVariables(options), readTextFile))
  const { log } = openLog('silent', systemClock)
  return await ConfluentSubjects.create(withLogin({ ...config, timeoutMs }, systemClock, log))
}

function refuseAddress(text = ''): void {
  const stray = entriesOf(text).find((url) => !isHttpUrl(url))
  if (text !== '' && stray === undefined) return
  const what = stray === undefined ? 'is not set' : `is "${redacted(stray)}", which is no URL that begins with http:// or https://`
  throw new WrongUseError(`The address of the registry (--registry-url or SCHEMA_REGISTRY_URL) ${what}.`)
}
