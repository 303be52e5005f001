import { test } from 'tap'
import { nameClashesIn } from '#tools/schema/name-clashes.js'
import { lintSchemas } from '#tools/schema/schema-lint.js'
import { seedEntity } from '#entities.js'
import { entityFile, orderFile } from '../../support/schemas/entity-file.js'

const bare = (name: string) => ({ name, fields: [{ name: 'id', type: 'string' }] })

test('finds two files whose records have one name, by which their events would refer to them', (t) => {
  const again = { ...orderFile([]), file: 'schemas/purchase.avsc', entityType: 'purchase' }
  t.match(nameClashesIn([orderFile([]), again]), [
    { rule: 'schema/name-clash', severity: 'error', file: again.file, line: 1, what: /shop\.Order is that of .* schemas\/order\.avsc/ },
  ])
  const elsewhere = entityFile({ ...bare('Order'), namespace: 'stock' })
  t.same(nameClashesIn([orderFile([]), { ...elsewhere, file: 'schemas/stock.avsc', entityType: 'stock' }]), [])
  t.end()
})

test('finds a shared type that would be registered over an entity', (t) => {
  const shared = { type: 'enum', name: 'order', symbols: ['A'] }
  t.match(nameClashesIn([entityFile(bare('Order'), [shared])]), [
    { file: 'schemas/types/order.avsc', what: 'The subject of order would be order, which is that of schemas/order.avsc, too.' },
  ])
  t.match(nameClashesIn([entityFile(bare('order'), [shared])]), [
    { file: 'schemas/types/order.avsc', what: /^The name order is that of the type in schemas\/order\.avsc, too\.$/ },
  ])
  t.same(nameClashesIn([entityFile(bare('Order'), [{ ...shared, namespace: 'shop' }])]), [])
  t.end()
})

test('takes a type that two entities share for one', (t) => {
  const unit = { type: 'enum', name: 'Unit', namespace: 'shop', symbols: ['KG'] }
  const parcel = { ...entityFile({ ...bare('Parcel'), namespace: 'shop' }, [unit]), file: 'schemas/parcel.avsc', entityType: 'parcel' }
  t.same(nameClashesIn([orderFile([], [unit]), parcel]), [])
  t.end()
})

test('is part of the linter, which leaves out what Debezium registers', (t) => {
  const again = { ...orderFile([]), file: 'schemas/purchase.avsc', entityType: 'purchase' }
  const rules = (envelope: 'event' | 'debezium') =>
    lintSchemas([orderFile([]), again], (name) => ({ ...seedEntity(name), envelope })).map(({ rule }) => rule)
  t.match(rules('event'), ['schema/file-name', 'schema/name-clash'])
  t.same(rules('debezium'), ['schema/file-name'])
  t.end()
})
