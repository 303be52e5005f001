import type { Paint } from '#tools/cli/paint.js'
import { textTable } from '#tools/cli/text-table.js'
import { printable } from '#text/printable.js'
import { type Finding, type FoundEntity, isFound, type LeftOut } from './found-entity.js'
import { personalOf } from './made-up-roles.js'

const envelopeWords = { event: 'events', none: 'bare records', debezium: 'Debezium’s rows' } as const

/** Lines of which a terminal has enough; whoever looks for a topic among more names it. */
const leftOutMax = 30

/** A line for each topic: what was found, or why it is left out. @param newestMax the records of a topic that are shown. */
export function findingsText(findings: readonly Finding[], newestMax: number, paint: Paint): string {
  const found = findings.filter(isFound)
  const leftOut = findings.filter((one): one is LeftOut => !isFound(one))
  const rows = found.map((one) =>
    [topicsText(one), one.definition.name, `${entityText(one)}, ${extentText(one, newestMax)}`].map(printable),
  )
  const remarks = found.flatMap((one) => one.remarks.map((remark) => `    of ${one.definition.name}: ${remark}.`)).map(printable)
  const others = leftOut.slice(0, leftOutMax).map(({ topics, why }) => printable(`  - ${topics.join(', ')} ${why}.`))
  const more = leftOut.length > leftOutMax ? [`  - and ${leftOut.length - leftOutMax} more; --topic names one to be told of it.`] : []
  const lines = textTable(rows, '  + ').split('\n').filter(Boolean).map(paint.added)
  return [...lines, ...remarks, ...[...others, ...more].map(paint.faint)].map((line) => `${line}\n`).join('')
}

function topicsText({ definition: { layout, topic } }: FoundEntity): string {
  return layout === 'single-topic' ? topic : `${topic}.{create,update,delete}`
}

function entityText({ definition, schema, idFrom }: FoundEntity): string {
  const { tags, leaves } = personalOf(schema)
  const personal =
    tags.length > 0 ? `tags ${tags.join(', ')}` : leaves.length > 0 ? `no tags; looks personal: ${leaves.join(', ')}` : 'no tags'
  return `${envelopeWords[definition.envelope]}, id from ${idFrom}, ${schema.leaves.length} fields, ${personal}`
}

/** Offsets are counted, of which some may hold nothing any more. */
function extentText({ logs }: FoundEntity, newestMax: number): string {
  const count = logs.reduce((sum, { low, high }) => sum + high - low, 0)
  return count > newestMax
    ? `the newest ${number(newestMax)} of ${number(count)}`
    : `${number(count)} ${count === 1 ? 'record' : 'records'}`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
