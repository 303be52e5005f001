import { encode, Branch, type AvroJson } from '../values/avro-cases.js'

// Topics as people have them who have never heard of Sluice.

/** Registers a schema. Answers its id. */
export type Register = (subject: string, schema: object) => number | Promise<number>

export interface OwnRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
}

export interface OwnTopic {
  readonly topic: string
  readonly records: readonly OwnRecord[]
}

const field = (name: string, type: unknown, ...tags: string[]) => ({ name, type, ...(tags.length > 0 && { 'confluent:tags': tags }) })
const maybe = (type: unknown) => ['null', type]
const status = { type: 'enum', name: 'shop.Status', symbols: ['OPEN', 'PAID', 'SHIPPED'] }

const customer = {
  ...{ type: 'record', name: 'crm.Customer' },
  fields: [
    field('id', 'string'),
    field('full_name', 'string', 'PII'),
    field('email', maybe('string'), 'PII'),
    field('credit_limit', 'long', 'INTERNAL'),
    field('region', 'string'),
    field('status', { ...status, name: 'crm.Status' }),
  ],
}

const order = {
  ...{ type: 'record', name: 'shop.Order', streamable: true },
  fields: [field('id', 'string'), field('total', 'long'), field('customer_email', 'string', 'PII'), field('status', status)],
}

const event = (data: object) => ({
  ...{ type: 'record', name: 'shop.OrderEvent' },
  fields: [
    ...[field('entity_id', 'string'), field('entity_type', 'string'), field('operation', 'string')],
    ...[field('timestamp', { type: 'long', logicalType: 'timestamp-millis' }), field('data', maybe(data))],
  ],
})

const envelope = {
  ...{ type: 'record', name: 'db.public.parcels.Envelope' },
  fields: [
    field(
      'before',
      maybe({
        type: 'record',
        name: 'db.public.parcels.Value',
        fields: [field('id', 'long'), field('recipient_name', maybe('string')), field('carrier', 'string')],
      }),
    ),
    field('after', maybe('db.public.parcels.Value')),
    ...[field('op', 'string'), field('ts_ms', maybe('long'))],
  ],
}
const parcelKey = { type: 'record', name: 'db.public.parcels.Key', fields: [field('id', 'long')] }

const reading = {
  ...{ type: 'record', name: 'grid.MeterReading' },
  fields: [field('reading_id', 'long'), field('meter', 'string'), field('owner_phone', maybe('string')), field('kwh', 'double')],
}

/** @param prefix of the names of all topics, by which a test knows its own. */
export async function ownTopics(prefix: string, register: Register): Promise<OwnTopic[]> {
  const named = (name: string) => `${prefix}.${name}`
  const framed = async (subject: string, schema: object, values: readonly unknown[]) => {
    const header = Buffer.alloc(5)
    header.writeUInt32BE(await register(subject, schema), 1)
    return values.map((value) => Buffer.concat([header, encode(schema as AvroJson, value)]))
  }
  const customers = await framed(
    `${named('customers')}-value`,
    customer,
    ['ann', 'bea', 'cy'].map((id, index) => ({
      ...{ id: `c-${index + 1}`, full_name: `${id} <b>Canary</b>`, email: new Branch(1, `${id}@canary.example`) },
      ...{ credit_limit: 900_719_925n + BigInt(index), region: 'eu', status: 'OPEN' },
    })),
  )
  const parcels = await framed(
    `${named('public.parcels')}-value`,
    envelope,
    [17n, 18n].map((id) => ({
      before: new Branch(0, null),
      after: new Branch(1, { id, recipient_name: new Branch(1, 'Dana Canary'), carrier: 'DHL' }),
      ...{ op: 'c', ts_ms: new Branch(0, null) },
    })),
  )
  const parcelKeys = await framed(
    `${named('public.parcels')}-key`,
    parcelKey,
    [17n, 18n].map((id) => ({ id })),
  )
  const readings = await framed(
    `${named('readings')}-value`,
    reading,
    [4n, 5n].map((id) => ({ reading_id: id, meter: `m-${id}`, owner_phone: new Branch(1, '+49 canary'), kwh: 1.5 })),
  )
  const orders = await framed(
    `${named('order.create')}-value`,
    event(order),
    ['o-1', 'o-2'].map((id) => ({
      ...{ entity_id: id, entity_type: 'order', operation: 'create', timestamp: 1_767_225_600_000n },
      data: new Branch(1, { id, total: 1999n, customer_email: 'o@canary.example', status: 'PAID' }),
    })),
  )
  for (const operation of ['update', 'delete']) await register(`${named(`order.${operation}`)}-value`, event(order))
  return [
    { topic: named('customers'), records: customers.map((value, index) => ({ key: Buffer.from(`c-${index + 1}`), value })) },
    { topic: named('public.parcels'), records: parcels.map((value, index) => ({ key: parcelKeys[index]!, value })) },
    { topic: named('readings'), records: readings.map((value, index) => ({ key: longKey(4 + index), value })) },
    { topic: named('order.create'), records: orders.map((value, index) => ({ key: Buffer.from(`o-${index + 1}`), value })) },
    ...['update', 'delete'].map((operation) => ({ topic: named(`order.${operation}`), records: [] })),
    { topic: named('clicks'), records: [{ key: null, value: Buffer.from('{"page":"/"}') }] },
    { topic: named('idle'), records: [] },
  ]
}

function longKey(id: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeBigInt64BE(BigInt(id))
  return key
}
