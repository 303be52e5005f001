import { findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'

/** The rules of the schema linter, and the reason of each. */
const rules = {
  invalid: {
    severity: 'error',
    why: 'The gateway skips every record that is written with such a schema.',
    mend: 'Correct it as the Avro specification asks; types of other files stand in the folder types/ and are named in full.',
  },
  'elsewhere-invalid': {
    severity: 'error',
    why: 'The gateway reads its records, but other readers and registries refuse such a schema.',
    mend: 'Write names of letters, digits and "_", and each type once; or ignore this for schemas that a connector makes.',
  },
  'default-invalid': {
    severity: 'error',
    why: 'Registries and other readers refuse a default that is not a value of its type, or fail when they need it.',
    mend: 'Write a value of the type; for a union, one of its first branch.',
  },
  'streamable-missing': {
    severity: 'error',
    why: 'Without "streamable" nothing of the entity is ever delivered, and nobody sees whether that is meant.',
    mend: 'Say "streamable": true or false beside the name of the record.',
  },
  'personal-data-untagged': {
    severity: 'error',
    why: 'A policy that hides tag:PII shows what does not carry the tag.',
    mend: 'Add "confluent:tags": ["PII"], or have this finding ignored with the reason why it says nothing of a person.',
  },
  'id-field': {
    severity: 'warning',
    why: 'Clients subscribe by the id of an entity, and look for it in the entity too.',
    mend: 'Add the field, as a string that holds the key of the record.',
  },
  'file-name': {
    severity: 'warning',
    why: 'The name of the file is the name of the entity type and of its topics.',
    mend: 'Name the file after the record, order-item.avsc or order_item.avsc for OrderItem, or the record after the file.',
  },
  'entity-name': {
    severity: 'error',
    why: 'Neither the gateway accepts an entity with this name nor Kafka a topic.',
    mend: 'Name the file with at most 128 letters, digits, "_", "-" and ".", and begin with a letter or "_".',
  },
  'event-name': {
    severity: 'error',
    why: 'The event around the entity has types with these names, and no registry accepts a schema with two types of one name.',
    mend: 'Rename the type, or give it a namespace of its own.',
  },
  'name-clash': {
    severity: 'error',
    why: 'Registries and programs know a type by its name, so one of the two is registered over the other or taken for it.',
    mend: 'Rename one of them, or give it a namespace of its own.',
  },
  'alias-ambiguous': {
    severity: 'error',
    why: 'An alias stands for one former name. Readers refuse the schema, or differ in which of the two they take for it.',
    mend: 'Keep the alias where the former name belongs, and remove it from the other.',
  },
  'type-unused': {
    severity: 'warning',
    why: 'A type that no entity refers to is neither registered nor compared with its earlier versions.',
    mend: 'Remove the file, or name the type in full where it is meant to be used.',
  },
  'type-name': {
    severity: 'warning',
    why: 'Names become classes in other languages, where two spellings are two classes.',
    mend: 'Begin each word with a capital letter and write no "_", as in OrderItem; rename with an alias once it is registered.',
  },
  'field-name': {
    severity: 'warning',
    why: 'Fields become members of the JSON that clients read, beside those of the protocol, which are snake_case.',
    mend: 'Write it in snake_case, as in placed_at; rename with an alias once it is registered.',
  },
  'symbol-name': {
    severity: 'warning',
    why: 'Symbols become constants in other languages, and texts that clients compare.',
    mend: 'Write it in capitals, as in ON_THE_ROAD.',
  },
  'logical-type-ignored': {
    severity: 'error',
    why: 'Readers ignore a logical type that they cannot use, and so does the gateway: clients get the number or the bytes beneath it.',
    mend: 'Write one of Avro within its type, as in { "type": "long", "logicalType": "timestamp-millis" }; a decimal has a precision, and a scale that is no greater.',
  },
  'enum-default': {
    severity: 'warning',
    why: 'Without a default a reader with an older schema fails at the first symbol that is added.',
    mend: 'Add a "default" beside the symbols that does no harm where readers take it for an unknown symbol.',
  },
  'namespace-missing': {
    severity: 'warning',
    why: 'Two teams that both have an Address cannot share a registry or a program.',
    mend: 'Add a "namespace" to the record of the file.',
  },
  'doc-missing': {
    severity: 'warning',
    why: 'For authors of policies and clients the schema is the only place that says what a field means.',
    mend: 'Add a "doc" of one sentence.',
  },
} as const satisfies RuleTable

export type SchemaLintRule = keyof typeof rules

export const lintFinding = findingsOf('schema', rules)
export const schemaLintRules = ruleIdsOf('schema', rules)
