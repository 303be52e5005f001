/** An Avro record as JSON. */
export interface RecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly namespace?: string
  readonly [attribute: string]: unknown
}

/**
 * The event on a topic, made around an entity's record, so that nobody writes it three times: `OrderEvent` for `Order`, in the
 * same namespace, with the seed's fields. The entity's record is inlined.
 */
export function eventSchemaOf(entity: RecordSchema): RecordSchema {
  const { name, namespace } = entity
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
      { name: 'data', type: ['null', entity], default: null, doc: 'The entity as it is now; a delete may bring its last state.' },
    ],
  }
}
