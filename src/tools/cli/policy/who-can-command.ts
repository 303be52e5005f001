import { leavesAskedFor } from '../../policy/asked-leaves.js'
import { shownText, type RoleView } from '../../policy/role-view.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import type { Subcommand } from '../command-line.js'
import { printable } from '#text/printable.js'
import { textTable } from '../text-table.js'
import { policyOption } from './judging-options.js'
import type { Rule } from '#policy/rules/rule.js'
import { addBrokerOption, type BrokerOptions, type Variables } from '../broker-options.js'
import { ControlTopicClient } from '../control/control-topic.js'
import type { Terminal } from '../terminal.js'
import { entitiesOption, noteUnlessStreamable, rulesOf, schemasIn, schemasOption, type SchemasOption, viewsOf } from './policy-files.js'
import { topicClaimsOf, type TopicClaim } from './topic-claims.js'

interface WhoCanOptions extends SchemasOption, BrokerOptions {
  readonly policy: string
  readonly claimsTopic?: string
  readonly json?: true
}

export function whoCanCommand(values: Variables): Subcommand {
  return (policy, begin) => {
    addBrokerOption(policy.command('who-can'))
      .description('say which roles see a field: always, never, or under which condition')
      .argument('<field>', 'the type and a path or pattern as in rules: order.total, order.items.*, order.tag:PII')
      .addOption(policyOption())
      .option(...schemasOption)
      .option(...entitiesOption)
      .option('--claims-topic <name>', 'say also which rules hang on claims from this topic')
      .option('--json', 'for machines')
      .addHelpText(
        'after',
        "\nExamples:\n  sluice policy who-can order.total\n  sluice policy who-can 'order.tag:PII' --policy policy.json --json\n",
      )
      .action((field: string, options: WhoCanOptions) =>
        begin(async (terminal) => {
          const schemas = schemasIn(options)
          const schema = schemaWithField(field, schemas)
          const views = narrowed(viewsOf(options.policy, schemas), schema, field)
          noteUnlessStreamable(schema, terminal)
          const claims = await claimsFromTopic(options, { schema, field }, values, terminal)
          terminal.writeOut(options.json ? viewsJson(views, claims) : viewsTable(views) + claimsText(claims ?? []))
          return 0
        }),
      )
  }
}

/** Of the rules that name the field. Undefined where no topic is named. */
async function claimsFromTopic(
  options: WhoCanOptions,
  { schema, field }: { readonly schema: EntitySchema; readonly field: string },
  values: Variables,
  terminal: Terminal,
): Promise<readonly TopicClaim[] | undefined> {
  const { claimsTopic: topic } = options
  if (topic === undefined) return undefined
  const asked = leavesAskedFor(field.slice(schema.entityType.length + 1), schema)
  const leaves = new Set(typeof asked === 'string' ? [] : asked)
  const isNamed = ({ entityTypes, patterns }: Rule) =>
    entityTypes.has(schema.entityType) && patterns.some((one) => one.leavesOf(schema).some((leaf) => leaves.has(leaf)))
  const rules = new Map([...rulesOf(options.policy)].map(([role, its]) => [role, its.filter(isNamed)]))
  return await topicClaimsOf(rules, ControlTopicClient.of({ ...options, topic }, 'CLAIMS_TOPIC', values, terminal))
}

function claimsText(claims: readonly TopicClaim[]): string {
  const lines = claims.map(
    ({ rule, claim, users }) => `${rule} hangs on the claims' topic: ${users} ${users === 1 ? 'user has' : 'users have'} ${claim} by it.`,
  )
  return lines.map((line) => `${printable(line)}\n`).join('')
}

/** The type that a field's name begins with. Type names may hold dots, so the longest that fits counts. @throws ConfigurationError */
function schemaWithField(field: string, schemas: readonly EntitySchema[]): EntitySchema {
  const [schema] = schemas
    .filter(({ entityType }) => field.startsWith(`${entityType}.`))
    .sort((one, other) => other.entityType.length - one.entityType.length)
  if (schemas.some(({ entityType }) => entityType === field))
    throw new ConfigurationError(`"${field}" names no field; all of the type are "${field}.**".`)
  if (schema === undefined)
    throw new ConfigurationError(
      `"${field}" begins with no known entity type; there are ${schemas.map(({ entityType }) => entityType).join(', ')}.`,
    )
  return schema
}

/** @throws ConfigurationError where no field has this name. */
function narrowed(views: readonly RoleView[], schema: EntitySchema, field: string): RoleView[] {
  const text = field.slice(schema.entityType.length + 1)
  const asked = leavesAskedFor(text, schema)
  if (typeof asked === 'string') throw new ConfigurationError(`"${text}" ${asked}.`)
  const paths = new Set(asked.map((leaf) => schema.leaves[leaf]))
  const ofType = views.filter(({ entityType }) => entityType === schema.entityType)
  return ofType.map(({ leaves, ...view }) => ({ ...view, leaves: leaves.filter(({ path }) => paths.has(path)) }))
}

function viewsJson(views: readonly RoleView[], claims: readonly TopicClaim[] | undefined): string {
  const ofRole = (role: string) => claims?.filter((one) => one.role === role).map(({ rule, claim, users }) => ({ rule, claim, users }))
  const named = views.map(({ role, entityType, leaves }) => ({ role, entity_type: entityType, leaves, claims_from_topic: ofRole(role) }))
  return `${JSON.stringify(named, undefined, 2)}\n`
}

function viewsTable(views: readonly RoleView[]): string {
  return textTable(
    views.flatMap(({ role, entityType, leaves }) =>
      leaves.map(({ path, shown }) => [printable(role), printable(`${entityType}.${path}`), printable(shownText(shown))]),
    ),
  )
}
