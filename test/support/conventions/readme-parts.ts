import { readFileSync } from 'node:fs'
import { allowedValues } from '#config/variable-value.js'
import type { Variable } from '#config/variable.js'
import { adminVariables } from '#config/admin-variables.js'
import { controlVariables } from '#config/control-variables.js'
import { stateVariables } from '#config/state-variables.js'
import { variables, type VariableName } from '#config/variables.js'
import { metricGroups } from '#gateway/observe/metrics/metric-list.js'
import type { Metric } from '#gateway/observe/metrics/metric.js'
import { httpErrors, protocolErrors, retryLeastMs, type ProtocolErrorCode } from '#protocol/codes.js'
import { publishFailures } from '#publisher/publish-error.js'
import { exitCodes, exitMeanings } from '#tools/cli/exit-codes.js'
import { benchResults } from './bench-results.js'
import { protocolConversations } from './protocol-conversations.js'
import { connectTable } from './connect-table.js'
import { channelPhaseTable, linkPhaseTable, optionTable } from './client-tables.js'
import { closeTable, messageTable, requestTable } from './protocol-tables.js'
import { runbook } from '../deploy/runbook.js'
import { sampleTail } from '../picture/sample-tail.js'

/** By what somebody looks for. */
const variableGroups: Readonly<Record<string, readonly VariableName[]>> = {
  'Where it listens': ['PORT', 'HOST', 'PORT_SHARED', 'SERVER', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'ALLOWED_ORIGINS'],
  'For operators': Object.keys(adminVariables) as VariableName[],
  'What is streamed, and to whom': ['ENTITIES', 'POLICY_FILE', 'LONGS'],
  'What topics say': Object.keys(controlVariables) as VariableName[],
  Tokens: [...namesWith('JWT_SECRET'), 'JWKS_URL', ...namesWith('JWT_').filter((name) => !name.startsWith('JWT_SECRET'))],
  Kafka: namesWith('KAFKA_'),
  'The registry': namesWith('SCHEMA_REGISTRY_'),
  Traces: namesWith('OTEL_'),
  'The process': ['NODE_ID', 'LOG_LEVEL', 'DRAIN_MS', 'SHUTDOWN_TIMEOUT_MS'],
  'Limits of clients': [
    ...(['CONNECTIONS_MAX', 'CONNECTIONS_PER_SUB_MAX', 'UPGRADES_PER_SECOND_MAX', 'SUBSCRIPTIONS_MAX', 'SUBSCRIPTIONS_TOTAL_MAX'] as const),
    ...(['COLLECTIONS_MAX', 'COLLECTION_ENTITIES_MAX', 'SCAN_ROWS_PER_SECOND_MAX'] as const),
    ...(['FRAME_BYTES_MAX', 'FRAMES_PER_SECOND_MAX', 'IDLE_TIMEOUT_SECONDS'] as const),
  ],
  'Limits of state': Object.keys(stateVariables) as VariableName[],
  'Limits of what waits': ['FRAME_OUT_BYTES_MAX', 'MAILBOX_BYTES_MAX', 'MAILBOXES_BYTES_MAX', 'SOURCE_BUFFER_BYTES_MAX'],
}

/** Markdown that the manuals have from the code and from the bench's results, by the name in the comment before each. */
export const readmeParts: Readonly<Record<string, string>> = {
  configuration: Object.entries(variableGroups)
    .map(([group, names]) => [`## ${group}`, names.map(variableItem).join('\n')].join('\n\n'))
    .join('\n\n'),
  ...protocolConversations,
  tail: await sampleTail(),
  'connect-types': table(...connectTable()),
  requests: table(...requestTable()),
  messages: table(...messageTable()),
  errors: table(
    ['Code', 'Message', '`retry_after_ms`, at least'],
    Object.entries(protocolErrors).map((error) => [...codeRow(error), String(retryLeastMs[error[0] as ProtocolErrorCode] ?? '')]),
  ),
  closes: table(...closeTable()),
  link: table(...linkPhaseTable()),
  channel: table(...channelPhaseTable()),
  'client-options': table(...optionTable('ClientOptions')),
  'subscribe-options': table(...optionTable('SubscribeOptions')),
  tanstack: `\`\`\`ts\n${readFileSync('src/client/examples/tanstack-db.ts', 'utf8')}\`\`\``,
  http: table(
    ['Status', 'Close code', 'Error', 'Message'],
    Object.entries(httpErrors).map(([error, refusal]) => {
      return [String(refusal.status), 'close' in refusal ? String(refusal.close) : '', `\`${error}\``, refusal.message]
    }),
  ),
  exits: table(
    ['Code', 'Meaning'],
    Object.entries(exitMeanings).map(([name, meaning]) => codeRow([String(exitCodes[name as keyof typeof exitCodes]), meaning])),
  ),
  metrics: Object.entries(metricGroups)
    .map(([group, metrics]) => [`**${group}**`, metricTable(metrics)].join('\n\n'))
    .join('\n\n'),
  publishing: table(['Code', 'Message'], Object.entries(publishFailures).map(codeRow)),
  results: table(...benchResults()),
  runbook: runbook(),
}

/** The text of a manual with every such part in it made anew. It is still to be formatted. */
export function withParts(text: string): string {
  return Object.entries(readmeParts).reduce(
    (made, [name, part]) => made.replace(partPattern(name), (_all, start: string, _old, end: string) => `${start}\n\n${part}\n\n${end}`),
    text,
  )
}

export function hasPart(text: string, name: string): boolean {
  return partPattern(name).test(text)
}

function namesWith(prefix: string): VariableName[] {
  return (Object.keys(variables) as VariableName[]).filter((name) => name.startsWith(prefix))
}

function variableItem(name: VariableName): string {
  const variable: Variable = variables[name]
  const allowed = allowedValues(variable)
  const limits = [
    ...(allowed === 'text' ? [] : [allowed]),
    ...(variable.default === undefined ? [] : [`\`${variable.default}\` by default`]),
  ]
  return `- **\`${name}\`** ${variable.meaning}${limits.length === 0 ? '' : ` _(${limits.join('; ')})_`}`
}

function metricTable(metrics: Readonly<Record<string, Metric>>): string {
  const nameOf = (name: string, { labels }: Metric) => `\`${name}${labels.length === 0 ? '' : `{${labels.join()}}`}\``
  return table(
    ['Metric', 'Type', 'Says'],
    Object.entries(metrics).map(([name, metric]) => [nameOf(name, metric), metric.type, metric.help]),
  )
}

function codeRow([code, message]: readonly [string, string]): string[] {
  return [`\`${code}\``, message]
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  // Outside of code `<jwt>` would be taken for HTML, and vanish.
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('<', '&lt;')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function partPattern(name: string): RegExp {
  return new RegExp(`(<!-- ${name}: [^>]*-->)([^]*?)(<!-- /${name} -->)`)
}
