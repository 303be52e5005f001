import { test, type Test } from 'tap'
import { PolicyReading } from '#tools/policy/policy-reading.js'
import { checkViews, viewChangesOf } from '#tools/policy/view-check.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { incompatibilitiesOf } from '#tools/schema/compare/compatibility.js'
import { schemaChangesOf } from '#tools/schema/compare/schema-changes.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { gatewayViewOf, validModelOf } from '#schema/model/schema-validity.js'
import { AvscJourney } from './support/values/avsc-journey.js'
import { type Journey, fails, same } from './support/schemas/evolutions/evolution.js'
import { evolutionPolicy } from './support/schemas/evolutions/evolution-policy.js'
import { type SchemaEvolution, schemaEvolutions } from './support/schemas/schema-evolutions.js'
import { projectedText } from './support/values/projected-text.js'

// The matrix: for each change of a schema the verdict, the values that were written before and after it, and what each role sees, together.

const id = 'o-1'
/** Of whom the condition of the role `own` holds. */
const claims = { order: id }
const roles = Object.keys((JSON.parse(evolutionPolicy) as { roles: object }).roles)
const reading = new PolicyReading({ file: 'policy.json', text: evolutionPolicy })

for (const evolution of schemaEvolutions) {
  const { name, before, after, old, now, changes, breaks } = evolution
  test(`verdict, values and views agree when ${name}`, (t) => {
    const found = schemaChangesOf(validModelOf(before), validModelOf(after))
    const broken = incompatibilitiesOf(after, [{ name: 'main', entity: before }], 'FULL').map(({ direction }) => direction)
    t.same([found.map(({ kind, path }) => `${kind} ${path}`), broken], [changes, breaks], 'what it means and whom it breaks')
    goes(t, before, after, old)
    goes(t, after, before, now)
    seen(t, evolution)
    t.end()
  })
}

/** What one schema has written, decoded as written, judged for each role, and read with the other schema. */
function goes(t: Test, writtenWith: EntityFile, readWith: EntityFile, [written, sent, read]: Journey): void {
  const [writer, reader] = [new AvscJourney(writtenWith), new AvscJourney(readWith)]
  const bytes = writer.write({ id, ...written })
  const schema = schemaOf(writtenWith)
  t.same(JSON.parse(projected(schema, bytes)), { id, ...(sent === same ? written : sent) }, 'clients are sent what was written')
  for (const role of roles) sentAsViewed(t, role, schema, bytes)
  if (read === fails) t.throws(() => reader.read(bytes, writer), 'who has the other schema cannot read it')
  else t.same(reader.read(bytes, writer), { id, ...(read === same ? written : read) }, 'who has the other schema reads it')
}

/** What the gateway sends is what the view of the role has promised. */
function sentAsViewed(t: Test, role: string, schema: EntitySchema, bytes: Buffer): void {
  const { leaves, sent } = reading.explain({ roles: [role], claims }, { schema, bytes, start: 0 })
  const shown = new Set(leaves.flatMap((leaf, index) => (leaf.shown ? [index] : [])))
  t.equal(sent ?? '{}', projectedText(schema, shown, bytes), `${role} is sent what it sees`)
}

function seen(t: Test, { before, after, sees = {} }: SchemaEvolution): void {
  const changes = viewChangesOf(evolutionPolicy, [before], [after])
  const byPath: Record<string, string> = {}
  for (const { path, role, kind } of changes) {
    const sign = kind === 'wider' ? '+' : kind === 'narrower' ? '-' : '~'
    byPath[path] = `${byPath[path] ?? ''} ${sign}${role}`
  }
  const inOrder = (text: string) => text.trim().split(' ').sort().join(' ')
  t.same(entriesOf(byPath, inOrder), entriesOf(sees, inOrder), 'what each role sees more and less')
  for (const { role, before: was, after: is } of changes) {
    const shown = role === 'own' ? { when: 'id = ${user.order}' } : 'always'
    t.same(
      [was, is].filter((one) => one !== 'never'),
      [shown],
      `${role} sees it ${role === 'own' ? 'of its own orders' : 'of all'}, or never`,
    )
  }
  foundOf(t, before, after, sees)
}

/** Of what is there to be seen each difference is found, and is an error where it is or was tagged and somebody sees more. */
function foundOf(t: Test, before: EntityFile, after: EntityFile, sees: Readonly<Record<string, string>>): void {
  const { leaves, streamable } = schemaOf(after)
  const ended = schemaOf(before).streamable && !streamable
  const tagged = new Set([...taggedOf(before), ...taggedOf(after)])
  const ruleOf = (path: string, role: string) => {
    if (role.startsWith('-')) return 'field-hidden'
    // Its rule writes the field out, so that it is meant.
    if (path === 'field' && role === '+named' && !tagged.has(path)) return undefined
    return tagged.has(path) ? 'tagged-field-shown' : 'field-shown'
  }
  const expected = Object.entries(sees)
    .filter(([path]) => !ended && leaves.includes(path))
    .flatMap(([path, text]) =>
      text.split(' ').flatMap((role) => {
        const rule = ruleOf(path, role)
        return rule === undefined ? [] : [`${rule} "${role.slice(1)}" order.${path}`]
      }),
    )
  const found = checkViews(evolutionPolicy, [before], [after]).map(({ rule, what }) => {
    const [, role, path] = /^(".*?") would see (\S+)/.exec(what)!
    return `${rule.replace('schema/', '')} ${role!} ${path!}`
  })
  t.same(found.sort(), expected.sort(), 'what is found of it')
}

function taggedOf(entity: EntityFile): string[] {
  const { leaves, tags } = schemaOf(entity)
  return [...tags.values()].flatMap((ofTag) => [...ofTag].map((leaf) => leaves[leaf]!))
}

function entriesOf(record: Readonly<Record<string, string>>, as: (text: string) => string): string[] {
  return Object.entries(record)
    .map(([path, text]) => `${path}: ${as(text)}`)
    .sort()
}

function schemaOf(file: EntityFile): EntitySchema {
  const view = gatewayViewOf(file)
  if ('invalid' in view) throw new Error(view.invalid)
  return view
}

function projected(schema: EntitySchema, bytes: Buffer): string {
  return projectedText(schema, new Set(schema.leaves.keys()), bytes)
}
