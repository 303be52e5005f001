// Finds parts of schemas that are wrong, or that will be regretted. Enters: the entities' files. Leaves: findings with their lines.
import type { EntitySchema } from '#avro/entity-schema.js'
import type { Finding } from '../findings/finding.js'
import { JsonLines } from '#text/json-lines.js'
import { isDefaultOf } from '#schema/model/default-value.js'
import { fieldsOnPath, namedTypesOf } from '#schema/model/named-types.js'
import { ignoredLogicalTypesIn } from './ignored-logical-types.js'
import { nameClashesIn } from './name-clashes.js'
import { looksPersonal } from './personal-data.js'
import { lintFinding, type SchemaLintRule } from './schema-lint-rules.js'
import type { EntityFile, WholeSchema } from '#schema/files/schema-folder.js'
import type { UnusableFile } from '#schema/files/usable-files.js'
import { type NamedType, type RecordType, type SchemaField, schemaModelOf, type SchemaPlace } from '#schema/model/schema-model.js'
import { type EntityDefinition, entityNamePattern, seedEntity } from '#entities.js'
import { gatewayViewOf, invalidityOf, refusedByOthers } from '#schema/model/schema-validity.js'
import { simpleName } from '#avro/schema/schema-name.js'

/**
 * Findings come in the order of files and lines, and then those about names that two files share. A shared type is judged once.
 * @param definitionOf the layout of an entity's topics, which may say what its schema cannot; by default the seed's.
 */
export function lintSchemas(entities: readonly EntityFile[], definitionOf = seedEntity): Finding[] {
  const found = new Map<string, Finding>()
  for (const entity of entities) {
    const its = new SchemaLinter(entity).ofEntity(entity, definitionOf(entity.entityType))
    for (const one of inOrder(its)) found.set(JSON.stringify([one.rule, one.file, one.line, one.what]), one)
  }
  // Debezium registers the schemas of its own records, under names of its own.
  const registered = entities.filter(({ entityType }) => definitionOf(entityType).envelope !== 'debezium')
  return [...found.values(), ...nameClashesIn(registered)]
}

/** Judges shared types that no entity needs, and which are therefore neither registered nor streamed, by themselves. */
export function lintUnusedTypes(types: readonly WholeSchema[]): Finding[] {
  return types.flatMap((type) => inOrder(new SchemaLinter(type).ofUnusedType(type)))
}

/** Reports files that cannot be used, each by itself. The other files are judged all the same. */
export function lintUnusable(files: readonly UnusableFile[]): Finding[] {
  return files.map(({ file, why }) => lintFinding('invalid', { file, line: Number(/\(line (\d+)\)/.exec(why)?.[1] ?? 1) }, `It ${why}`))
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
      ...otherReaders(entity),
      ...this.entityFindings(entity, root, definition),
      ...namedTypesOf(root).flatMap((type) => [...this.typeFindings(type), ...this.eventName(type, root)]),
      ...this.logicalTypes(entity),
      ...this.personalData(root, view),
    ]
  }

  ofUnusedType(type: WholeSchema): Finding[] {
    const unused = lintFinding('type-unused', { file: type.file, line: 1 }, `No entity refers to ${type.entityType}.`)
    const invalid = invalidityOf(type)
    if (invalid !== undefined) return [unused, invalidFinding(type, invalid)]
    return [
      unused,
      ...otherReaders(type),
      ...namedTypesOf(schemaModelOf(type)).flatMap((one) => this.typeFindings(one)),
      ...this.logicalTypes(type),
    ]
  }

  private entityFindings({ entityType }: EntityFile, root: RecordType, definition: EntityDefinition): Finding[] {
    const top = root.place
    const recordName = simpleName(root.name)
    const saysStreamable = definition.streamable !== undefined || root.saysStreamable
    return [
      ...this.unless(saysStreamable, 'streamable-missing', top, `${recordName} does not say whether it is streamable.`),
      ...this.unless(
        definition.record !== undefined || letters(entityType) === letters(recordName),
        'file-name',
        top,
        `The file of ${recordName} is called ${entityType}.avsc.`,
      ),
      ...this.unless(entityNamePattern.test(entityType), 'entity-name', top, `"${entityType}" is no name that an entity may have.`),
      ...this.idFindings(root, definition),
    ]
  }

  /**
   * Where the layout names a field, the gateway takes the id from it, even if it is a number. A row that is not made for Sluice may have its id in
   * its key alone.
   */
  private idFindings({ name, fields, place }: RecordType, { idFields, envelope }: EntityDefinition): Finding[] {
    const found = (id: string) => fields.find((field) => field.name === id)
    if (envelope === 'debezium' || (envelope === 'none' && idFields === undefined)) return []
    if (idFields === undefined) {
      const id = found('id')
      return this.unless(
        id?.type.kind === 'string',
        'id-field',
        id?.place ?? place,
        `${simpleName(name)} has no field "id" that is a string.`,
      )
    }
    const missing = idFields.filter((id) => found(id) === undefined)
    return missing.flatMap((id) =>
      this.unless(false, 'id-field', place, `${simpleName(name)} has no field "${id}", from which its id is taken.`),
    )
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

  private logicalTypes(schema: WholeSchema): Finding[] {
    const ignored = [schema, ...schema.references].flatMap(ignoredLogicalTypesIn)
    return ignored.flatMap(({ place, what }) => this.unless(false, 'logical-type-ignored', place, what))
  }

  /** Judges leaves, as a leaf's tag may stand anywhere around it: on a field, or on a field's type. */
  private personalData(root: RecordType, { leaves, tags }: EntitySchema): Finding[] {
    const tagged = new Set([...tags.values()].flatMap((ofTag) => [...ofTag]))
    return leaves.flatMap((path, leaf) => {
      const fields = fieldsOnPath(root, path)
      const personal = fields.find(({ name }) => looksPersonal(name))
      if (personal === undefined || tagged.has(leaf) || fields.at(-1)!.type.kind === 'boolean') return []
      return this.unless(false, 'personal-data-untagged', personal.place, `"${path}" looks like personal data and carries no tag.`)
    })
  }

  private unless(isGood: boolean, rule: SchemaLintRule, { file, at }: SchemaPlace, what: string): Finding[] {
    return isGood ? [] : [lintFinding(rule, { file, line: this.lines.get(file)!.of([...at]) }, what)]
  }
}

/** Makes OrderItem, order-item and order_item one name. */
function letters(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
}

function otherReaders(schema: WholeSchema): Finding[] {
  const why = refusedByOthers(schema)
  return why === undefined ? [] : [lintFinding('elsewhere-invalid', { file: schema.file, line: 1 }, `Other readers refuse it: ${why}.`)]
}

function invalidFinding({ file }: WholeSchema, why: string): Finding {
  return lintFinding('invalid', { file, line: 1 }, `It is no valid schema: ${why}.`)
}
