import { type Variable } from '#config/variable.js'
import { allowedValues } from '#config/variable-value.js'
import { variables } from '#config/variables.js'

type Schema = Readonly<Record<string, unknown>>

/** What the chart says itself, as its probes, services and names stand on it, and where it says it. */
const ofTheChart: Readonly<Record<string, string>> = {
  PORT: 'it is 8080; service.port is that of the service',
  ADMIN_PORT: 'it is 9090',
  ADMIN_HOST: 'networkPolicy.enabled opens it, networkPolicy.adminHost says where',
  PORT_SHARED: 'a pod has one process; replicas is for more',
  NODE_ID: 'it is the name of the pod',
}
/** By which the chart works out times and sizes of its own. */
const needed = ['DRAIN_MS', 'SHUTDOWN_TIMEOUT_MS', 'CONNECTIONS_MAX', 'STATE_FILL_SECONDS_MAX']

/** What `config` of the chart may hold: each setting by its name, as the gateway would take it, and no other. */
export function settingsSchema(): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required: needed,
    properties: Object.fromEntries(Object.entries<Variable>(variables).map(([name, variable]) => [name, schemaOf(name, variable)])),
  }
}

function schemaOf(name: string, variable: Variable): Schema {
  const here = ofTheChart[name]
  if (here !== undefined) return refusal(`the chart sets ${name}: ${here}`)
  if (variable.kind === 'secret')
    return refusal(`${name} is a secret: put it into the Secret that existingSecret names, or into a file for ${name}_FILE`)
  const { default: byDefault, meaning } = variable
  const allowed = allowedValues(variable)
  const notes = [allowed === 'text' ? '' : `${allowed}.`, byDefault === undefined ? '' : `By default ${byDefault}.`]
  return { description: [plain(meaning), ...notes.filter((note) => note !== '')].join(' '), ...valuesOf(variable) }
}

/** Helm says of a value that is not in the list what would be: so it says where the value belongs. Nor may it be that text itself. */
function refusal(why: string): Schema {
  return { enum: [why], not: {} }
}

function valuesOf({ kind, min, max, choices }: Variable): Schema {
  switch (kind) {
    case 'integer':
      return { type: 'integer', minimum: min, maximum: max }
    case 'choice':
      return { enum: choices }
    case 'switch':
      // YAML takes on and off for booleans.
      return { enum: ['on', 'off', true, false] }
    case 'topic':
      return { type: 'string', pattern: '^[A-Za-z0-9._-]{0,249}$' }
    case 'url':
    case 'urls':
    case 'origins':
      return { type: 'string', pattern: '^(https?://|$)' }
    case 'socket':
      return { type: 'string', pattern: '^(wss?://|$)' }
    case 'brokers':
      return { type: 'string', pattern: '^([^,]*[^,\\s]:[0-9]{1,5}\\s*(,|$))*$' }
    case 'file':
      // A path that is not whole would be looked for from the folder of the process.
      return { type: 'string', pattern: '^(/|$)' }
    default:
      return { type: 'string' }
  }
}

/** Without what is Markdown in it. */
function plain(meaning: string): string {
  return meaning.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '')
}
