import { fullNameOf, namespaceIn, type RecordSchema } from '../files/schema-json.js'

/**
 * The event on a topic, made around an entity's record, so that nobody writes it three times: `OrderEvent` for `Order`, in the
 * same namespace, with the seed's fields. The entity's record is within it.
 */
export function eventSchemaOf(entity: RecordSchema): RecordSchema {
  return eventAround(entity, entity)
}

/** The same with the entity's name in its place, for a registry that knows the entity as a subject of its own. */
export function referencingEventSchemaOf(entity: RecordSchema): RecordSchema {
  return eventAround(entity, fullNameOf(entity))
}

function eventAround(record: RecordSchema, data: RecordSchema | string): RecordSchema {
  const name = record.name.slice(record.name.lastIndexOf('.') + 1)
  const namespace = namespaceIn(record, undefined)
  return {
    type: 'record',
    name: `${name}Event`,
    ...(namespace !== undefined && { namespace }),
    doc: `A change of one ${name}.`,
    fields: [
      { name: 'entity_id', type: 'string', doc: 'Also the key of the record.' },
      { name: 'entity_type', type: 'string', doc: 'The name of the entity, as its topic has it.' },
      {
        name: 'operation',
        type: { type: 'enum', name: `${name}Operation`, symbols: ['create', 'update', 'delete'] },
        doc: 'What has happened to it.',
      },
      { name: 'timestamp', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it has happened.' },
      { name: 'data', type: ['null', data], default: null, doc: 'The entity as it is now; a delete may bring its last state.' },
    ],
  }
}
