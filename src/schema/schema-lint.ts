// What of a folder of schemas is wrong, or will be regretted. Enters: the entities' files. Leaves: findings, with their lines.
import type { EntitySchema } from '../decode/entity-schema.js'
import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../findings/finding.js'
import { JsonLines } from '../config/json-lines.js'
import { isDefaultOf } from './model/default-value.js'
import { fieldsOnPath, namedTypesOf } from './model/named-types.js'
import { looksPersonal } from './personal-data.js'
import type { EntityFile, WholeSchema } from './files/schema-folder.js'
import { type NamedType, type RecordType, type SchemaField, schemaModelOf, type SchemaPlace } from './model/schema-model.js'
import { type EntityDefinition, entityNamePattern, seedEntity } from '../entities.js'
import { gatewayViewOf, invalidityOf } from './model/schema-validity.js'
import { simpleName } from './model/type-text.js'

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

const finding = findingsOf('schema', rules)
export const schemaLintRules = ruleIdsOf('schema', rules)

/**
 * In the order of the files and their lines. A type that several entities share is judged once.
 * @param definitionOf the layout of an entity's topics, which may say what its schema cannot; the seed's unless told.
 */
export function lintSchemas(entities: readonly EntityFile[], definitionOf = seedEntity): Finding[] {
  const found = new Map<string, Finding>()
  for (const entity of entities) {
    const its = new SchemaLinter(entity).ofEntity(entity, definitionOf(entity.entityType))
    for (const one of inOrder(its)) found.set(JSON.stringify([one.rule, one.file, one.line, one.what]), one)
  }
  return [...found.values()]
}

/** Of shared types that no entity needs: nothing is registered or streamed of them, so that they are judged by themselves. */
export function lintUnusedTypes(types: readonly WholeSchema[]): Finding[] {
  return types.flatMap((type) => inOrder(new SchemaLinter(type).ofUnusedType(type)))
}

function inOrder(findings: Finding[]): Finding[] {
  return findings.sort((one, other) => (one.line ?? 0) - (other.line ?? 0))
}

class SchemaLinter {
  private readonly lines: ReadonlyMap<string, JsonLines>

  constructor(schema: WholeSchema) {
    this.lines = new Map([schema, ...schema.references].map(({ file, text }) => [file, new JsonLines(text)]))
  }

  ofEntity(entity: EntityFile, definition: EntityDefinition): Finding[] {
    const view = gatewayViewOf(entity)
    if ('invalid' in view) return [invalidFinding(entity, view.invalid)]
    const root = schemaModelOf(entity)
    return [
      ...this.entityFindings(entity, root, definition),
      ...namedTypesOf(root).flatMap((type) => [...this.typeFindings(type), ...this.eventName(type, root)]),
      ...this.personalData(root, view),
    ]
  }

  ofUnusedType(type: WholeSchema): Finding[] {
    const unused = finding('type-unused', { file: type.file, line: 1 }, `No entity refers to ${type.entityType}.`)
    const invalid = invalidityOf(type)
    if (invalid !== undefined) return [unused, invalidFinding(type, invalid)]
    return [unused, ...namedTypesOf(schemaModelOf(type)).flatMap((one) => this.typeFindings(one))]
  }

  private entityFindings({ entityType }: EntityFile, root: RecordType, definition: EntityDefinition): Finding[] {
    const top = root.place
    const recordName = simpleName(root.name)
    const { streamable = root.streamable } = definition
    return [
      ...this.unless(typeof streamable === 'boolean', 'streamable-missing', top, `${recordName} does not say whether it is streamable.`),
      ...this.unless(
        letters(entityType) === letters(recordName),
        'file-name',
        top,
        `The file of ${recordName} is called ${entityType}.avsc.`,
      ),
      ...this.unless(entityNamePattern.test(entityType), 'entity-name', top, `"${entityType}" is no name that an entity may have.`),
      ...this.idFindings(root, definition),
    ]
  }

  /** Where the layout names a field, the gateway takes the id from it, also a number. */
  private idFindings({ name, fields, place }: RecordType, { idField }: EntityDefinition): Finding[] {
    const id = fields.find((field) => field.name === (idField ?? 'id'))
    const isGood = idField === undefined ? id?.type.kind === 'string' : id !== undefined
    const what = idField === undefined ? '"id" that is a string' : `"${idField}", from which its id is taken`
    return this.unless(isGood, 'id-field', id?.place ?? place, `${simpleName(name)} has no field ${what}.`)
  }

  private typeFindings(type: NamedType): Finding[] {
    const name = simpleName(type.name)
    const isOfFile = type.place.at.length === 0
    return [
      ...this.unless(/^[A-Z][A-Za-z0-9]*$/.test(name), 'type-name', type.place, `The type ${name} is not written as others are.`),
      ...this.unless(!isOfFile || type.name.includes('.'), 'namespace-missing', type.place, `${name} has no namespace.`),
      ...this.unless(type.kind === 'enum' || !isOfFile || Boolean(type.doc?.trim()), 'doc-missing', type.place, `${name} has no doc.`),
      ...(type.kind === 'enum' ? this.enumFindings(type, name) : []),
      ...(type.kind === 'record' ? type.fields.flatMap((field) => this.fieldFindings(field)) : []),
      ...(type.kind === 'record' ? this.aliasFindings(type.fields, name) : []),
    ]
  }

  private aliasFindings(fields: readonly SchemaField[], recordName: string): Finding[] {
    return fields.flatMap((field, index) =>
      field.aliases.flatMap((alias) => {
        const other = fields.find((one, at) => one !== field && (one.name === alias || (at < index && one.aliases.includes(alias))))
        if (other === undefined) return []
        const what = other.name === alias ? 'a field of its own' : `an alias of "${other.name}", too`
        return this.unless(false, 'alias-ambiguous', field.place, `"${alias}", an alias of "${field.name}" in ${recordName}, is ${what}.`)
      }),
    )
  }

  private eventName({ name, place }: NamedType, root: RecordType): Finding[] {
    const isTaken = name === `${root.name}Event` || name === `${root.name}Operation`
    return this.unless(!isTaken, 'event-name', place, `The type ${name} is called as one of the event around ${root.name}.`)
  }

  private enumFindings({ symbols, fallback, place }: Extract<NamedType, { kind: 'enum' }>, name: string): Finding[] {
    const odd = symbols.filter((symbol) => !/^[A-Z][A-Z0-9_]*$/.test(symbol))
    const known = fallback === undefined || symbols.includes(fallback)
    return [
      ...odd.flatMap((symbol) => this.unless(false, 'symbol-name', place, `The symbol ${symbol} of ${name} is not written in capitals.`)),
      ...this.unless(fallback !== undefined, 'enum-default', place, `The enum ${name} has no default.`),
      ...this.unless(known, 'default-invalid', place, `The default of ${name}, "${fallback ?? ''}", is none of its symbols.`),
    ]
  }

  private fieldFindings({ name, doc, type, place, default: ownDefault }: SchemaField): Finding[] {
    const fits = ownDefault === undefined || isDefaultOf(ownDefault.value, type)
    return [
      ...this.unless(/^[a-z][a-z0-9_]*$/.test(name), 'field-name', place, `The field "${name}" is not in snake_case.`),
      ...this.unless(Boolean(doc?.trim()), 'doc-missing', place, `The field "${name}" has no doc.`),
      ...this.unless(
        fits,
        'default-invalid',
        place,
        `The default of "${name}", ${JSON.stringify(ownDefault?.value)}, is no value of its type.`,
      ),
    ]
  }

  /** By leaf, as a tag may stand anywhere around it: on a field, or on the type of one. */
  private personalData(root: RecordType, { leaves, tags }: EntitySchema): Finding[] {
    const tagged = new Set([...tags.values()].flatMap((ofTag) => [...ofTag]))
    return leaves.flatMap((path, leaf) => {
      const fields = fieldsOnPath(root, path)
      const personal = fields.find(({ name }) => looksPersonal(name))
      if (personal === undefined || tagged.has(leaf) || fields.at(-1)!.type.kind === 'boolean') return []
      return this.unless(false, 'personal-data-untagged', personal.place, `"${path}" looks like personal data and carries no tag.`)
    })
  }

  private unless(isGood: boolean, rule: keyof typeof rules, { file, at }: SchemaPlace, what: string): Finding[] {
    return isGood ? [] : [finding(rule, { file, line: this.lines.get(file)!.of([...at]) }, what)]
  }
}

/** OrderItem, order-item and order_item are one name. */
function letters(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
}

function invalidFinding({ file }: WholeSchema, why: string): Finding {
  return finding('invalid', { file, line: 1 }, `It is no valid schema: ${why}.`)
}
