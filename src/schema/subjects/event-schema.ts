import { fullNameOf, namespaceIn, type RecordSchema } from '../files/schema-json.js'

/**
 * Makes the schema of a topic's event around an entity's record, so that nobody has to write it for each entity: `OrderEvent` for `Order`,
 * in the same namespace, with the seed's fields. It contains the entity's record.
 */
export function eventSchemaOf(entity: RecordSchema): RecordSchema {
  return eventAround(entity, entity)
}

/** The same event with the entity's name in place of its record, for a registry that has the entity as a subject of its own. */
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
