import { leavesAskedFor } from '../../policy/asked-leaves.js'
import { shownText, type RoleView } from '../../policy/role-view.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import type { Subcommand } from '../command-line.js'
import { printable } from '../printable.js'
import { textTable } from '../text-table.js'
import { policyOption } from './judging-options.js'
import { entitiesOption, noteUnlessStreamable, schemasIn, schemasOption, type SchemasOption, viewsOf } from './policy-files.js'

interface WhoCanOptions extends SchemasOption {
  readonly policy: string
  readonly json?: true
}

export const whoCanCommand: Subcommand = (policy, begin) => {
  policy
    .command('who-can')
    .description('say which roles see a field: always, never, or under which condition')
    .argument('<field>', 'the type and a path or pattern as in rules: order.total, order.items.*, order.tag:PII')
    .addOption(policyOption())
    .option(...schemasOption)
    .option(...entitiesOption)
    .option('--json', 'for machines')
    .addHelpText(
      'after',
      "\nExamples:\n  sluice policy who-can order.total\n  sluice policy who-can 'order.tag:PII' --policy policy.json --json\n",
    )
    .action((field: string, options: WhoCanOptions) =>
      begin((terminal) => {
        const schemas = schemasIn(options)
        const schema = schemaWithField(field, schemas)
        const views = narrowed(viewsOf(options.policy, schemas), schema, field)
        noteUnlessStreamable(schema, terminal)
        terminal.writeOut(options.json ? viewsJson(views) : viewsTable(views))
        return 0
      }),
    )
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

function viewsJson(views: readonly RoleView[]): string {
  const named = views.map(({ role, entityType, leaves }) => ({ role, entity_type: entityType, leaves }))
  return `${JSON.stringify(named, undefined, 2)}\n`
}

function viewsTable(views: readonly RoleView[]): string {
  return textTable(
    views.flatMap(({ role, entityType, leaves }) =>
      leaves.map(({ path, shown }) => [printable(role), printable(`${entityType}.${path}`), printable(shownText(shown))]),
    ),
  )
}
