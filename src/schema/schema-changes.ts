// What a change of an entity's schema means. Enters: its model before and after. Leaves: the changes, in the order of the schema after it.
import { isDeepStrictEqual } from 'node:util'
import { branchesOf, type Direction, isSameBranch, type TypeChange, typeChangeOf } from './type-change.js'
import type { NamedType } from './named-types.js'
import type { EnumType, RecordType, SchemaField, SchemaPlace, SchemaType } from './schema-model.js'
import { simpleName, typeText } from './type-text.js'

export interface SchemaChange {
  readonly kind:
    | ('field-added' | 'field-removed' | 'field-renamed' | 'default-changed' | 'doc-changed' | 'streaming-begins' | 'streaming-ends')
    | (TypeChange['kind'] | 'type-renamed' | 'logical-type-changed' | 'symbol-added' | 'symbol-removed' | 'enum-default-changed')
    | ('tag-added' | 'tag-removed')
  /** As clients see it, through arrays, maps and unions; empty for the record itself. */
  readonly path: string
  /** What has happened to it, the rest of a sentence that begins with the path. */
  readonly what: string
  readonly breaks: readonly Direction[]
  /** In the schema after the change; of a field that is gone, the record that had it. */
  readonly place: SchemaPlace
}

/** A type that is used in several places is compared where it is met first. */
export function schemaChangesOf(before: RecordType, after: RecordType): SchemaChange[] {
  const comparison = new Comparison()
  comparison.streamable(before, after)
  comparison.types('', before, after)
  return comparison.changes
}

class Comparison {
  readonly changes: SchemaChange[] = []
  private readonly compared = new Map<SchemaType, Set<SchemaType>>()

  streamable(before: RecordType, after: RecordType): void {
    const [was, is] = [before.streamable === true, after.streamable === true]
    if (!was && is) this.note('streaming-begins', '', 'is streamable now', [], after.place)
    if (was && !is) this.note('streaming-ends', '', 'is not streamable any more', [], after.place)
  }

  types(path: string, before: SchemaType, after: SchemaType): void {
    if (this.wereCompared(before, after)) return
    this.tags(path, before.tags, after.tags, after.place)
    const change = typeChangeOf(before, after)
    if (change !== undefined) {
      this.note(change.kind, path, `${change.what}: ${typeText(before)} before, ${typeText(after)} now`, change.breaks, after.place)
      for (const [one, other] of change.goOn) this.types(path, one, other)
    } else this.sameKind(path, before, after)
    // Also where one is widened to the other: a day that is read as a timestamp is another instant.
    if (change === undefined || change.breaks.length < 2) this.logicalTypes(path, before, after)
  }

  private sameKind(path: string, before: SchemaType, after: SchemaType): void {
    if (before.kind === 'union' || after.kind === 'union') this.branches(path, branchesOf(before), branchesOf(after))
    else if (before.kind === 'array' && after.kind === 'array') this.types(path, before.items, after.items)
    else if (before.kind === 'map' && after.kind === 'map') this.types(path, before.values, after.values)
    else if (before.kind === 'record' && after.kind === 'record') this.records(path, before, after)
    else if (before.kind === 'enum' && after.kind === 'enum') this.enums(path, before, after)
    else if (before.kind === 'fixed' && after.kind === 'fixed') this.names(path, before, after)
  }

  private logicalTypes(path: string, before: SchemaType, after: SchemaType): void {
    if (!('logical' in before && 'logical' in after) || before.logical === after.logical) return
    const what = `means something else: ${before.logical ?? before.kind} before, ${after.logical ?? after.kind} now`
    this.note('logical-type-changed', path, what, [], after.place)
  }

  private branches(path: string, before: readonly SchemaType[], after: readonly SchemaType[]): void {
    for (const branch of after) {
      const same = before.find((one) => isSameBranch(one, branch))
      if (same !== undefined) this.types(path, same, branch)
    }
  }

  private records(path: string, before: RecordType, after: RecordType): void {
    this.names(path, before, after)
    const gone = new Set(before.fields)
    for (const field of after.fields) {
      const [same, ...rest] = before.fields.filter(({ name }) => name === field.name || field.aliases.includes(name))
      if (same === undefined || rest.length > 0) this.added(below(path, field.name), field)
      else {
        gone.delete(same)
        this.fields(path, same, field)
      }
    }
    for (const field of gone) {
      const breaks = field.default === undefined ? (['forward'] as const) : []
      const old = field.default === undefined ? 'had no default' : `had the default ${JSON.stringify(field.default.value)}`
      this.note('field-removed', below(path, field.name), `is removed; it ${old}`, breaks, after.place)
    }
  }

  private added(path: string, { default: ownDefault, type, place, tags }: SchemaField): void {
    const what = `is added (${typeText(type)}), ${ownDefault ? `with the default ${JSON.stringify(ownDefault.value)}` : 'without a default'}`
    this.note('field-added', path, tags.length > 0 ? `${what}, tagged ${tags.join(', ')}` : what, ownDefault ? [] : ['backward'], place)
  }

  private fields(path: string, before: SchemaField, after: SchemaField): void {
    const own = below(path, after.name)
    if (before.name !== after.name) {
      const breaks = before.default === undefined ? (['forward'] as const) : []
      this.note('field-renamed', own, `was called "${before.name}", which is its alias now`, breaks, after.place)
    }
    if (!isDeepStrictEqual(before.default, after.default)) {
      const what = `has another default: ${defaultText(before)} before, ${defaultText(after)} now`
      this.note('default-changed', own, what, [], after.place)
    }
    this.tags(own, before.tags, after.tags, after.place)
    this.docs(own, before.doc, after.doc, after.place)
    this.types(own, before.type, after.type)
  }

  private enums(path: string, before: EnumType, after: EnumType): void {
    this.names(path, before, after)
    for (const symbol of after.symbols.filter((one) => !before.symbols.includes(one)))
      this.note('symbol-added', path, `has the new symbol ${symbol}`, before.fallback === undefined ? ['forward'] : [], after.place)
    for (const symbol of before.symbols.filter((one) => !after.symbols.includes(one)))
      this.note('symbol-removed', path, `has the symbol ${symbol} no more`, after.fallback === undefined ? ['backward'] : [], after.place)
    if (before.fallback === after.fallback) return
    const what = `takes another symbol for unknown ones: ${before.fallback ?? 'none'} before, ${after.fallback ?? 'none'} now`
    this.note('enum-default-changed', path, what, [], after.place)
  }

  private names(path: string, before: NamedType, after: NamedType): void {
    this.docs(path, before.doc, after.doc, after.place)
    if (before.name === after.name) return
    // Resolution looks at names without their namespaces.
    const isSame = simpleName(before.name) === simpleName(after.name)
    const isAlias = after.aliases.some((alias) => simpleName(alias) === simpleName(before.name))
    const breaks = isSame ? [] : isAlias ? (['forward'] as const) : (['backward', 'forward'] as const)
    this.note('type-renamed', path, `is of a type that was called ${before.name} and is ${after.name} now`, breaks, after.place)
  }

  private tags(path: string, before: readonly string[], after: readonly string[], place: SchemaPlace): void {
    for (const tag of after.filter((one) => !before.includes(one))) this.note('tag-added', path, `is tagged ${tag} now`, [], place)
    for (const tag of before.filter((one) => !after.includes(one)))
      this.note('tag-removed', path, `is not tagged ${tag} any more`, [], place)
  }

  private docs(path: string, before: string | undefined, after: string | undefined, place: SchemaPlace): void {
    if (before !== after)
      this.note('doc-changed', path, after === undefined ? 'has no doc any more' : 'is explained in other words', [], place)
  }

  private wereCompared(before: SchemaType, after: SchemaType): boolean {
    const others = this.compared.get(before) ?? new Set()
    if (others.has(after)) return true
    this.compared.set(before, others.add(after))
    return false
  }

  private note(kind: SchemaChange['kind'], path: string, what: string, breaks: readonly Direction[], place: SchemaPlace): void {
    this.changes.push({ kind, path, what, breaks, place })
  }
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function defaultText({ default: ownDefault }: SchemaField): string {
  return ownDefault === undefined ? 'none' : JSON.stringify(ownDefault.value)
}
