import { test } from 'tap'
import type { EntitySchema } from '#avro/entity-schema.js'
import { RightsOfRoles } from '#console/rights-of-roles.js'
import { typeList } from '#console/type-list.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import { entitySchemasOf } from '#tools/policy/entity-schemas.js'
import type { RecordSchema } from '#schema/files/schema-json.js'

function schemaOf(...names: readonly string[]): EntitySchema {
  const schema = {
    type: 'record',
    name: 'Guest',
    streamable: true,
    fields: names.map((name) => ({ name, type: 'string' })),
  } as RecordSchema
  const file = { entityType: 'guest', file: 'guest.avsc', text: JSON.stringify(schema), schema, references: [] }
  return entitySchemasOf([file])[0]!
}

const textOf = (...fields: readonly string[]) => JSON.stringify({ roles: { host: [{ action: 'read', subject: 'guest', fields }] } })
const policyOf = (...fields: readonly string[]) => parsePolicyFile(textOf(...fields))
type Policy = ReturnType<typeof parsePolicyFile>

test('versions are told by what they add and remove, and to whom a rule shows what was added', async (t) => {
  const schemas = [schemaOf('id', 'room'), schemaOf('id', 'room'), schemaOf('id', 'room', 'note'), schemaOf('id', 'note', 'phone')]
  const versionsBy = (policy: Policy) => typeList(new Map([['guest', schemas]]), policy, {}).types[0]!.versions
  t.same(versionsBy(policyOf('id', 'note')), [
    { added: [], removed: [] },
    { added: [{ path: 'note', shown_to: ['host'] }], removed: [] },
    { added: [{ path: 'phone', shown_to: [] }], removed: ['room'] },
  ])
  t.same(
    versionsBy(policyOf('**')).map(({ added }) => added.map(({ shown_to }) => shown_to)),
    [[], [['host']], [['host']]],
    'a pattern names what comes later, too',
  )
})

test('of a type with thousands of fields it is told in a moment who sees what', async (t) => {
  const schema = schemaOf(...Array.from({ length: 5000 }, (_none, n) => `field_${n}`))
  const start = performance.now()
  const { types } = typeList(new Map([['guest', [schema]]]), policyOf('**', 'field_7'), {})
  const { leaves } = new RightsOfRoles(textOf('**', 'field_7')).of(['host'], schema)
  // Where each leaf asked each pattern for all of its leaves it took 15 s, in which the gateway did nothing else.
  t.ok(performance.now() - start < 3000)
  t.equal(types[0]!.leaves.length, 5000)
  t.match(leaves[7], { path: 'field_7', shown: 'always', rules: [{ rule: 'roles.host[0]' }] })
})

test('fields of the newest version that no rule names are told, and whether they look personal', async (t) => {
  const schemas = [schemaOf('id', 'room'), schemaOf('id', 'room', 'phone')]
  const pendingBy = (policy: Policy) => typeList(new Map([['guest', schemas]]), policy, {}).pending
  t.same(pendingBy(policyOf('id')), [
    { entity_type: 'guest', path: 'room', tags: [], looks_personal: false },
    { entity_type: 'guest', path: 'phone', tags: [], looks_personal: true },
  ])
  t.same(pendingBy(policyOf('**')), [])
})
