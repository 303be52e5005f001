import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { incompatibilitiesOf, type CompatibilityLevel } from '#tools/schema/compare/compatibility.js'
import { schemaChangesOf } from '#tools/schema/compare/schema-changes.js'
import { validModelOf } from '#schema/model/schema-validity.js'
import { evolutions } from '../../../support/values/arbitrary-evolution.js'
import { orderFile } from '../../../support/schemas/entity-file.js'
import { schemaEvolutions } from '../../../support/schemas/schema-evolutions.js'
import { fc } from '../../../support/running/seeded-properties.js'

for (const { name, before, after, breaks } of schemaEvolutions) {
  test(`the resolver breaks what the changes say when ${name}`, (t) => {
    const broken = (level: CompatibilityLevel) =>
      incompatibilitiesOf(after, [{ name: 'main', entity: before }], level).map(({ direction }) => direction)
    t.same(broken('FULL'), breaks)
    t.same(
      broken('BACKWARD'),
      breaks.filter((one) => one === 'backward'),
    )
    t.same(
      broken('FORWARD'),
      breaks.filter((one) => one === 'forward'),
    )
    t.same(broken('NONE'), [])
    for (const one of incompatibilitiesOf(after, [{ name: 'main', entity: before }], 'FULL')) {
      t.not(one.changes.length, 0, 'it is explained')
      t.match(one, { earlier: 'main', reason: /\w/ })
    }
    t.end()
  })
}

test('the changes of any two types say whom the resolver breaks', (t) => {
  const met = new Map<string, number>()
  fc.assert(
    fc.property(evolutions, ([before, after]) => {
      const found = incompatibilitiesOf(after, [{ name: 'main', entity: before }], 'FULL').map(({ direction }) => direction)
      met.set(found.join(), (met.get(found.join()) ?? 0) + 1)
      const said = new Set(schemaChangesOf(validModelOf(before), validModelOf(after)).flatMap(({ breaks }) => breaks))
      return isDeepStrictEqual(found, [...said].sort())
    }),
    { numRuns: 2000 },
  )
  for (const verdict of ['', 'backward', 'forward', 'backward,forward']) t.ok(met.get(verdict)! > 50, `"${verdict}" is met`)
  t.end()
})

test('fields are compared whatever they are called, also as what every object has', (t) => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    const broken = (before: object[], after: object[]) =>
      incompatibilitiesOf(orderFile(after), [{ name: 'main', entity: orderFile(before) }], 'FULL').map(({ direction }) => direction)
    const field = { name, type: 'string' }
    t.same(broken([field], [field]), [])
    t.same(broken([], [{ ...field, default: '' }]), [])
    t.same(broken([], [field]), ['backward'])
    t.same(broken([field], [{ ...field, name: 'maker', aliases: [name], default: '' }]), ['forward'])
    const inner = { type: 'record', name: 'Inner', fields: [field] }
    t.same(broken([], [{ name: 'inner', type: inner, default: { [name]: 'x' } }]), [], 'in a default')
  }
  t.end()
})

test('a level that is not transitive asks for the newest version alone', (t) => {
  const int = orderFile([{ name: 'field', type: 'int' }])
  const none = orderFile([])
  const withDefault = orderFile([{ name: 'field', type: 'string', default: '' }])
  const earlier = [
    { name: 'version 2', entity: none },
    { name: 'version 1', entity: int },
  ]
  t.same(incompatibilitiesOf(withDefault, earlier, 'BACKWARD'), [])
  t.match(incompatibilitiesOf(withDefault, earlier, 'BACKWARD_TRANSITIVE'), [
    { direction: 'backward', earlier: 'version 1', changes: [{ kind: 'type-changed' }] },
  ])
  t.same(
    incompatibilitiesOf(withDefault, earlier, 'FULL_TRANSITIVE').map(({ direction, earlier: name }) => [name, direction]),
    [
      ['version 1', 'backward'],
      ['version 1', 'forward'],
    ],
  )
  t.end()
})

test('refuses to judge what is no schema', (t) => {
  const earlier = [{ name: 'main', entity: orderFile([]) }]
  const wrong = orderFile([{ name: 'field', type: 'int', default: 'one' }])
  t.throws(() => incompatibilitiesOf(wrong, earlier, 'FULL'), {
    name: 'ConfigurationError',
    message: /order\.avsc is no valid schema: .*default/,
  })
  t.end()
})
