import { test } from 'tap'
import { type EntityDefinition, seedEntity } from '#entities.js'
import { readSchemaFolder, type EntityFile } from '#schema/files/schema-folder.js'
import { lintSchemas, lintUnusedTypes } from '#tools/schema/schema-lint.js'
import { entityFile, orderFile } from '../../support/schemas/entity-file.js'

/** The findings as `file:line rule`. */
function found(...entities: EntityFile[]): string[] {
  return lintSchemas(entities).map(({ file, line, rule }) => `${file.replace('schemas/', '')}:${line} ${rule.replace('schema/', '')}`)
}

const doc = 'What it is.'

/** A second entity beside that of `orderFile`. */
function otherFile(fields: readonly object[], shared: readonly Readonly<Record<string, unknown>>[]): EntityFile {
  const id = { name: 'id', type: 'string', doc }
  const record = { name: 'Other', namespace: 'shop', doc, streamable: true, fields: [id, ...fields] }
  return { ...entityFile(record, shared), file: 'schemas/other.avsc', entityType: 'other' }
}

test('finds nothing in the sample schemas', (t) => {
  t.same(lintSchemas(readSchemaFolder('schemas')), [])
  t.end()
})

test('finds what is no schema, and says why', (t) => {
  const [finding] = lintSchemas([orderFile([{ name: 'place', type: 'Missing' }])])
  t.match(finding, { rule: 'schema/invalid', severity: 'error', file: 'schemas/order.avsc', line: 1, what: /Missing/ })
  t.notMatch(finding!.what, /registry/)
  t.same(found(orderFile([{ name: 'total', type: 'double', 'confluent:tags': 'PII' }])), ['order.avsc:1 invalid'])
  t.same(
    found(
      orderFile([
        { name: 'total', type: 'double' },
        { name: 'total', type: 'double' },
      ]),
    ),
    ['order.avsc:1 invalid'],
  )
  t.end()
})

test('finds what an entity lacks', (t) => {
  t.same(found(entityFile({ name: 'Parcel', fields: [{ name: 'number', type: 'int', doc }] })), [
    'order.avsc:1 streamable-missing',
    'order.avsc:1 file-name',
    'order.avsc:1 id-field',
    'order.avsc:1 namespace-missing',
    'order.avsc:1 doc-missing',
  ])
  t.same(found(entityFile({ name: 'Order', namespace: 'shop', doc, streamable: 'yes', fields: [{ name: 'id', type: 'int', doc }] })), [
    'order.avsc:1 streamable-missing',
    'order.avsc:2 id-field',
  ])
  t.end()
})

test('takes a file that is named as its record in another way of writing', (t) => {
  const item = {
    ...entityFile({ name: 'OrderItem', namespace: 'shop', doc, streamable: true, fields: [{ name: 'id', type: 'string', doc }] }),
  }
  for (const entityType of ['order-item', 'order_item', 'orderitem']) t.same(found({ ...item, entityType }), [])
  t.same(found({ ...item, entityType: 'order' }), ['order.avsc:1 file-name'])
  t.end()
})

test('asks for an id, and for the name of the record, only where the entry of the entity leaves it open', (t) => {
  const fields = [{ name: 'no', type: 'int', doc }]
  const row = { ...entityFile({ name: 'Value', namespace: 'shop', doc, streamable: true, fields }), entityType: 'order' }
  const rulesFor = (entry: Partial<EntityDefinition>) =>
    lintSchemas([row], (name) => ({ ...seedEntity(name), ...entry })).map(({ rule }) => rule)
  t.same(rulesFor({}), ['schema/file-name', 'schema/id-field'])
  t.same(rulesFor({ envelope: 'none' }), ['schema/file-name'])
  t.same(rulesFor({ envelope: 'none', record: ['shop.Value'], idFields: ['no'] }), [])
  t.same(rulesFor({ envelope: 'none', record: ['shop.Value'], idFields: ['number'] }), ['schema/id-field'])
  t.same(rulesFor({ envelope: 'debezium', record: ['shop.Value'], idFields: ['no', 'shard'] }), [])
  t.end()
})

test('takes no blank doc for one, of a field or of a record', (t) => {
  const fields = [{ name: 'id', type: 'string', doc: ' ' }]
  const blank = entityFile({ name: 'Order', namespace: 'shop', doc: ' ', streamable: true, fields })
  t.same(found(blank), ['order.avsc:1 doc-missing', 'order.avsc:2 doc-missing'])
  t.end()
})

test('finds names of files that neither the gateway nor Kafka takes for those of entities', (t) => {
  for (const entityType of ['or der', 'ord,er', '-order', 'ördr', ''])
    t.match(found({ ...orderFile([]), entityType }), /entity-name/, entityType)
  t.same(found({ ...orderFile([]), entityType: 'or_d-e.r' }), [])
  t.end()
})

test('finds aliases that stand for two fields', (t) => {
  const field = (name: string, ...aliases: string[]) => ({ name, type: 'string', doc, aliases })
  t.same(found(orderFile([field('city', 'town', 'city'), field('region', 'county')])), [])
  const [twice, alive] = lintSchemas([orderFile([field('city', 'town'), field('region', 'town'), field('county', 'city')])])
  t.match(twice, { rule: 'schema/alias-ambiguous', line: 4, what: '"town", an alias of "region" in Order, is an alias of "city", too.' })
  t.match(alive, { rule: 'schema/alias-ambiguous', line: 5, what: '"city", an alias of "county" in Order, is a field of its own.' })
  t.end()
})

test('finds what is wrong with shared types that no entity needs', (t) => {
  const unit = { type: 'enum', name: 'unit', namespace: 'shop', symbols: ['KG'] }
  const { references } = orderFile([], [unit, { name: 'Line', namespace: 'shop', fields: [{ name: 'f', type: 'nosuch' }] }])
  const types = references.map((one) => ({ ...one, entityType: `shop.${one.schema.name}`, references: [] }))
  const findings = lintUnusedTypes(types).map(({ file, line, rule, what }) => `${file}:${line} ${rule} ${what}`)
  t.match(findings, [
    'schemas/types/unit.avsc:1 schema/type-unused No entity refers to shop.unit.',
    'schemas/types/unit.avsc:1 schema/type-name The type unit is not written as others are.',
    'schemas/types/unit.avsc:1 schema/enum-default The enum unit has no default.',
    'schemas/types/line.avsc:1 schema/type-unused No entity refers to shop.Line.',
    /^schemas\/types\/line.avsc:1 schema\/invalid It is no valid schema: .*nosuch/,
  ])
  t.equal(findings.length, 5)
  t.end()
})

test('finds a type that has the name of one of the event around the entity', (t) => {
  const operation = (namespace?: string) => ({ type: 'enum', name: 'OrderOperation', namespace, symbols: ['MOVE'], default: 'MOVE' })
  t.same(found(orderFile([{ name: 'last', type: operation(), doc }])), ['order.avsc:3 event-name'])
  t.same(found(orderFile([{ name: 'last', type: operation('shop.stock'), doc }])), [])
  t.end()
})

test('finds names that are not written as others are, and enums without a default', (t) => {
  const status = { type: 'enum', name: 'order_status', symbols: ['NEW', 'paid'], default: 'NEW' }
  const kind = { type: 'enum', name: 'Kind', symbols: ['A'] }
  t.same(
    found(
      orderFile([
        { name: 'orderStatus', doc, type: status },
        { name: 'kind', doc: ' ', type: { type: 'array', items: kind } },
      ]),
    ),
    [
      'order.avsc:3 field-name',
      'order.avsc:3 type-name',
      'order.avsc:3 symbol-name',
      'order.avsc:4 doc-missing',
      'order.avsc:4 enum-default',
    ],
  )
  t.end()
})

test('finds defaults that are no values of their types', (t) => {
  const defaults: readonly (readonly [type: unknown, good: unknown, bad: unknown])[] = [
    [['null', 'string'], null, ''],
    [['string', 'null'], '', null],
    ['int', -(2 ** 31), 2 ** 31],
    ['long', 2 ** 40, 1.5],
    ['double', 1.5, '1.5'],
    ['boolean', false, 0],
    ['bytes', '\u00ff', '\u0100'],
    [{ type: 'fixed', name: 'Two', size: 2 }, 'ab', 'abc'],
    [{ type: 'enum', name: 'Kind', symbols: ['A'], default: 'A' }, 'A', 'B'],
    [{ type: 'array', items: 'int' }, [1], {}],
    [{ type: 'map', values: 'int' }, { a: 1 }, { a: 'b' }],
    [
      {
        type: 'record',
        name: 'Geo',
        fields: [
          { name: 'x', type: 'int', doc },
          { name: 'y', type: 'int', doc, default: 0 },
        ],
      },
      { x: 1 },
      { y: 1 },
    ],
  ]
  for (const [type, good, bad] of defaults) {
    const rulesOf = (value: unknown) => found(orderFile([{ name: 'field', type, doc, default: value }]))
    t.same([rulesOf(good), rulesOf(bad)], [[], ['order.avsc:3 default-invalid']], JSON.stringify([type, good, bad]))
  }
  const wrong = { type: 'enum', name: 'Kind', symbols: ['A'], default: 'B' }
  t.same(found(orderFile([{ name: 'kind', doc, type: wrong }])), ['order.avsc:3 default-invalid'])
  t.end()
})

test('finds logical types that readers pass over, once for a type that entities share', (t) => {
  const paid = { name: 'paid', doc, type: ['null', { type: 'long', logicalType: 'timestamp-milis' }] }
  const [finding] = lintSchemas([orderFile([paid])])
  const what = '"paid" is no timestamp-milis: the gateway knows no such logical type.'
  t.match(finding, { rule: 'schema/logical-type-ignored', severity: 'error', line: 3, what })
  const money = { type: 'fixed', name: 'Money', namespace: 'shop', doc, size: 1, logicalType: 'decimal', precision: 9 }
  const total = { name: 'total', doc, type: 'shop.Money' }
  const entity = orderFile([total], [money])
  t.same(found(entity, otherFile([total], [money])), ['types/money.avsc:1 logical-type-ignored'])
  const unused = { ...entity.references[0]!, entityType: 'shop.Money', references: [] }
  t.match(lintUnusedTypes([unused]), [{ rule: 'schema/type-unused' }, { rule: 'schema/logical-type-ignored' }])
  t.end()
})

test('finds personal data without a tag by its name, wherever the tag may stand', (t) => {
  const personal = ['email', 'billing_email', 'phone_number', 'iban', 'dateOfBirth', 'ip_address', 'zip']
  const missed = ['mail', 'contact_mail', 'mail_address', 'account_no', 'accountNo', 'bank_account', 'bank_account_number', 'tax_number']
  personal.push(...missed, 'national_id', 'cardnumber', 'birth', 'place_of_birth', 'birth_year', 'iban_code', 'home_address')
  const ofThings = ['mail_sent_at', 'mail_text', 'mailbox', 'voice_mail', 'sent_by_mail', 'birth_rate', 'account_note', 'account']
  const ofOthers = ['bank_account_count', 'tax_rate', 'national_idea', 'discard_number', 'email_address_count', 'code', 'gross_mail_volume']
  const harmless = [
    'name',
    'email_verified',
    'phone_calls',
    'ship',
    'recipient_count',
    'cubic',
    'status',
    'total',
    ...ofThings,
    ...ofOthers,
  ]
  const untagged = (name: string) => found(orderFile([{ name, type: 'string', doc }])).includes('order.avsc:3 personal-data-untagged')
  for (const name of personal) t.ok(untagged(name), name)
  for (const name of harmless) t.notOk(untagged(name), name)
  const tags = { 'confluent:tags': ['PII'] }
  const nested = (ofField: object, ofType: object, ofLeaf: object) => {
    const fields = [{ name: 'digits', type: 'string', doc, ...ofLeaf }]
    return found(
      orderFile([
        { name: 'phones', doc, ...ofField, type: { type: 'array', items: { type: 'record', name: 'Phone', ...ofType, fields } } },
      ]),
    )
  }
  t.same(nested({}, {}, {}), ['order.avsc:3 personal-data-untagged'])
  for (const [index] of [0, 1, 2].entries()) {
    const [ofField, ofType, ofLeaf] = [{}, {}, {}].map((none, at) => (at === index ? tags : none))
    t.same(nested(ofField!, ofType!, ofLeaf!), [])
  }
  t.same(found(orderFile([{ name: 'has_email', type: 'boolean', doc }])), [], 'whether there is one says nothing')
  t.end()
})

test('judges a type that entities share once, in its own file', (t) => {
  const shared = {
    name: 'Address',
    namespace: 'shop',
    doc,
    fields: [
      { name: 'street', type: 'string', doc },
      { name: 'city', type: 'string' },
    ],
  }
  const address = { name: 'address', type: 'shop.Address', doc }
  t.same(found(orderFile([address], [shared]), otherFile([address], [shared])).sort(), [
    'types/address.avsc:2 personal-data-untagged',
    'types/address.avsc:3 doc-missing',
  ])
  t.end()
})
