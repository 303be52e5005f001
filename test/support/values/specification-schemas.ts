import type { EntityFile, SchemaFile } from '#schema/files/schema-folder.js'
import { entityFile } from '../schemas/entity-file.js'

type Schema = Readonly<Record<string, unknown>>

const md5 = { type: 'fixed', size: 16, name: 'md5' }
const suit = { type: 'enum', name: 'Suit', symbols: ['SPADES', 'HEARTS', 'DIAMONDS', 'CLUBS'] }
const hash = { type: 'fixed', name: 'MD5', size: 16 }
const meta = { name: 'meta', type: ['null', { type: 'map', values: 'bytes' }] }

/**
 * The records that the Avro specification and the project's own tests have for examples, as they stand there.
 * https://avro.apache.org/docs/1.11.1/specification/, share/test/schemas/interop.avsc and weather.avsc of the project.
 */
const records: Readonly<Record<string, Schema>> = {
  'a linked list': {
    name: 'LongList',
    aliases: ['LinkedLongs'],
    fields: [
      { name: 'value', type: 'long' },
      { name: 'next', type: ['null', 'LongList'] },
    ],
  },
  'names and namespaces': {
    name: 'Example',
    doc: 'A simple name (attribute) and no namespace attribute: use the null namespace (""); the fullname is \'Example\'.',
    fields: [
      { name: 'inheritNull', type: { type: 'enum', name: 'Simple', symbols: ['a', 'b'] } },
      { name: 'explicitNamespace', type: { type: 'fixed', name: 'Simple', namespace: 'explicit', size: 12 } },
      {
        name: 'fullName',
        type: {
          ...{ type: 'record', name: 'a.full.Name', namespace: 'ignored' },
          fields: [{ name: 'inheritNamespace', type: { type: 'enum', name: 'Understanding', symbols: ['d', 'e'] } }],
        },
      },
    ],
  },
  'a name with its namespace': {
    name: 'org.foo.X',
    fields: [
      { name: 'label', type: 'string' },
      { name: 'self', type: ['null', 'X'] },
      { name: 'other', type: ['org.foo.X', 'null'] },
    ],
  },
  'the request of a handshake': {
    ...{ name: 'HandshakeRequest', namespace: 'org.apache.avro.ipc' },
    fields: [
      { name: 'clientHash', type: hash },
      { name: 'clientProtocol', type: ['null', 'string'] },
      { name: 'serverHash', type: 'MD5' },
      meta,
    ],
  },
  'the response of a handshake': {
    ...{ name: 'HandshakeResponse', namespace: 'org.apache.avro.ipc' },
    fields: [
      { name: 'match', type: { type: 'enum', name: 'HandshakeMatch', symbols: ['BOTH', 'CLIENT', 'NONE'] } },
      { name: 'serverProtocol', type: ['null', 'string'] },
      { name: 'serverHash', type: ['null', hash] },
      meta,
    ],
  },
  'complex types': {
    name: 'Complex',
    fields: [
      { name: 'suit', type: suit },
      { name: 'strings', type: { type: 'array', items: 'string', default: [] }, default: [] },
      { name: 'longs', type: { type: 'map', values: 'long', default: {} }, default: {} },
      { name: 'union', type: ['null', 'string', 'Suit'], default: null },
      { name: 'hash', type: md5 },
    ],
  },
  'a union of all': {
    ...{ name: 'Interop', namespace: 'org.apache.avro' },
    fields: [
      ...['int', 'long', 'string', 'boolean', 'float', 'double', 'bytes', 'null'].map((type) => ({ name: `${type}Field`, type })),
      { name: 'arrayField', type: { type: 'array', items: 'double' } },
      { name: 'mapField', type: { type: 'map', values: { type: 'record', name: 'Foo', fields: [{ name: 'label', type: 'string' }] } } },
      { name: 'unionField', type: ['boolean', 'double', { type: 'array', items: 'bytes' }] },
      { name: 'enumField', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B', 'C'] } },
      { name: 'fixedField', type: hash },
      { name: 'recordField', type: treeOf('Node') },
      { name: 'namedUnionField', type: ['null', 'Foo', 'Node', 'Kind', 'MD5', { type: 'map', values: ['null', 'Foo'] }] },
    ],
  },
  'a reading of the weather': {
    ...{ name: 'Weather', namespace: 'test', doc: 'A weather reading.' },
    fields: [
      { name: 'station', type: 'string', order: 'ignore' },
      { name: 'time', type: 'long' },
      { name: 'temp', type: 'int', order: 'descending' },
    ],
  },
}

function treeOf(name: string): Schema {
  const children = { name: 'children', type: { type: 'array', items: name } }
  return { type: 'record', name, fields: [{ name: 'label', type: 'string' }, children] }
}

/** Attributes that the specification does not know are allowed as metadata. */
export const specificationSchemas: readonly (readonly [what: string, entity: EntityFile])[] = Object.entries(records).map(
  ([what, schema]) => [what, entityFile({ ...schema, streamable: true })],
)

/** An entity with one field of the type, and what it refers to. */
export function withField(type: unknown, more: object = {}): EntityFile & SchemaFile {
  return entityFile({ name: 'Order', namespace: 'shop', streamable: true, fields: [{ name: 'field', type, ...more }] })
}
