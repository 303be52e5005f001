import { findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'

/** The rules of the schema linter, and the reason of each. */
const rules = {
  invalid: {
    severity: 'error',
    why: 'The gateway skips every record that is written with such a schema.',
    mend: 'Correct it as the Avro specification asks; types of other files stand in the folder types/ and are named in full.',
  },
  'default-invalid': {
    severity: 'error',
    why: 'Registries and other readers refuse a default that is no value of its type, or fail when they come to need it.',
    mend: 'Write a value of the type; of a union, one of its first branch.',
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
    why: 'Clients subscribe by the id of an entity, and look for it in the entity, too.',
    mend: 'Add the field, as a string that holds what is the key of the record.',
  },
  'file-name': {
    severity: 'warning',
    why: 'The name of the file is the name of the entity type and of its topics.',
    mend: 'Name the file after the record, order-item.avsc or order_item.avsc for OrderItem, or the record after the file.',
  },
  'entity-name': {
    severity: 'error',
    why: 'The gateway takes no entity of such a name, and Kafka no topic.',
    mend: 'Name the file with at most 128 letters, digits, "_", "-" and ".", of which the first is a letter or "_".',
  },
  'event-name': {
    severity: 'error',
    why: 'The event around the entity is made with types of these names, and no registry takes a schema with two of one name.',
    mend: 'Rename the type, or give it a namespace of its own.',
  },
  'name-clash': {
    severity: 'error',
    why: 'Registries and programs know a type by its name: of two, one is registered over the other, or taken for it.',
    mend: 'Rename one of them, or give it a namespace of its own.',
  },
  'alias-ambiguous': {
    severity: 'error',
    why: 'An alias stands for one name of old; readers take one of the two for it, not all the same one, or refuse the schema.',
    mend: 'Keep the alias where the old name has gone to, and remove it from the other.',
  },
  'type-unused': {
    severity: 'warning',
    why: 'What no entity refers to is neither registered nor checked against what was there.',
    mend: 'Remove the file, or name the type in full where it is meant to be used.',
  },
  'type-name': {
    severity: 'warning',
    why: 'Names become classes in other languages, where two ways of writing them are two classes.',
    mend: 'Begin each word with a capital letter and write no "_", such as OrderItem; rename with an alias once it is registered.',
  },
  'field-name': {
    severity: 'warning',
    why: 'Fields become members of the JSON that clients read, beside those of the protocol, which are snake_case.',
    mend: 'Write it in snake_case, such as placed_at; rename with an alias once it is registered.',
  },
  'symbol-name': {
    severity: 'warning',
    why: 'Symbols become constants in other languages, and texts that clients compare.',
    mend: 'Write it in capitals, such as ON_THE_ROAD.',
  },
  'logical-type-ignored': {
    severity: 'error',
    why: 'Readers pass over a logical type that they cannot take, the gateway too, so that clients get the number or the bytes beneath it.',
    mend: 'Write one of Avro within the type that carries it, such as { "type": "long", "logicalType": "timestamp-millis" }; a decimal has a precision, and a scale that is no greater.',
  },
  'enum-default': {
    severity: 'warning',
    why: 'Without a default a reader with an older schema fails at the first symbol that is added.',
    mend: 'Add a "default" beside the symbols, one that does no harm to who takes it for an unknown one.',
  },
  'namespace-missing': {
    severity: 'warning',
    why: 'Two teams that both have an Address cannot share a registry or a program.',
    mend: 'Add a "namespace" to the record of the file.',
  },
  'doc-missing': {
    severity: 'warning',
    why: 'Who writes a policy or a client has nothing but the schema to know what a field means.',
    mend: 'Add a "doc" of one sentence.',
  },
} as const satisfies RuleTable

export type SchemaLintRule = keyof typeof rules

export const lintFinding = findingsOf('schema', rules)
export const schemaLintRules = ruleIdsOf('schema', rules)
