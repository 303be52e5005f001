// Says what a change of a schema means. Enters: its model before and after. Leaves: the changes, in the order of the new schema.
import { isDeepStrictEqual } from 'node:util'
import { branchesOf, type Direction, isSameBranch, type TypeChange, typeChangeOf } from './type-change.js'
import type { EnumType, NamedType, RecordType, SchemaField, SchemaPlace, SchemaType } from '#schema/model/schema-model.js'
import { simpleName } from '#avro/schema/schema-name.js'
import { typeText } from '#schema/model/type-text.js'

export interface SchemaChange {
  readonly kind:
    | ('field-added' | 'field-removed' | 'field-renamed' | 'default-changed' | 'doc-changed' | 'streaming-begins' | 'streaming-ends')
    | (
        | TypeChange['kind']
        | 'type-renamed'
        | 'logical-type-changed'
        | 'precision-changed'
        | 'symbol-added'
        | 'symbol-removed'
        | 'enum-default-changed'
      )
    | ('tag-added' | 'tag-removed')
  /** The path as clients see it, through arrays, maps and unions; empty for the record itself. */
  readonly path: string
  /** What has changed, as the rest of a sentence that begins with the path. */
  readonly what: string
  readonly breaks: readonly Direction[]
  /** The place in the new schema; for a field that is gone, the record that had it. */
  readonly place: SchemaPlace
}

/** A type that is used in several places is only compared at the first. */
export function schemaChangesOf(before: NamedType, after: NamedType): SchemaChange[] {
  const comparison = new Comparison()
  comparison.streamable(before, after)
  comparison.types('', before, after)
  return comparison.changes
}

class Comparison {
  readonly changes: SchemaChange[] = []
  /** The readers that never read the field being compared, so that no change in it breaks them. */
  private unread: readonly Direction[] = []
  private readonly compared = new Map<SchemaType, Set<SchemaType>>()

  streamable(before: NamedType, after: NamedType): void {
    const [was, is] = [isStreamable(before), isStreamable(after)]
    if (!was && is) this.note('streaming-begins', '', 'is streamable now', [], after.place)
    if (was && !is) this.note('streaming-ends', '', 'is not streamable any more', [], after.place)
  }

  types(path: string, before: SchemaType, after: SchemaType): void {
    if (this.wereCompared(before, after)) return
    this.tags(path, before.tags ?? [], after.tags ?? [], after.place)
    const change = typeChangeOf(before, after)
    if (change !== undefined) {
      this.note(change.kind, path, `${change.what}: ${typeText(before)} before, ${typeText(after)} now`, change.breaks, after.place)
      for (const [one, other] of change.goOn) this.types(path, one, other)
      for (const [one, other] of change.promoted) this.meaning(path, one, other)
    } else this.sameKind(path, before, after)
  }

  private sameKind(path: string, before: SchemaType, after: SchemaType): void {
    if (before.kind === 'union' || after.kind === 'union') this.branches(path, branchesOf(before), branchesOf(after))
    else if (before.kind === 'array' && after.kind === 'array') this.types(path, before.items, after.items)
    else if (before.kind === 'map' && after.kind === 'map') this.types(path, before.values, after.values)
    else if (before.kind === 'record' && after.kind === 'record') this.records(path, before, after)
    else if (before.kind === 'enum' && after.kind === 'enum') this.enums(path, before, after)
    else if (before.kind === 'fixed' && after.kind === 'fixed') this.names(path, before, after)
    this.meaning(path, before, after)
  }

  /** Changes of meaning in values that can still be read. A decimal of the same scale is the same number whatever its precision. */
  private meaning(path: string, before: SchemaType, after: SchemaType): void {
    if (!('logical' in before) || !('logical' in after) || before.logicalText === after.logicalText) return
    const what = `${before.logicalText ?? before.kind} before, ${after.logicalText ?? after.kind} now`
    if (isSameScale(before.logicalText, after.logicalText))
      this.note('precision-changed', path, `may have other digits: ${what}`, [], after.place)
    else this.note('logical-type-changed', path, `means something else: ${what}`, [], after.place)
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
      const same = formerOf(field, before, after)
      if (same === undefined) this.added(below(path, field.name), field)
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
    const isSame = before.name === after.name
    // A reader does not find the field by a name that it does not know, and takes its default.
    const unread = broken(isSame || after.aliases.includes(before.name), isSame || before.aliases.includes(after.name))
    if (!isSame) {
      const what = `was called "${before.name}", ${unread.includes('backward') ? 'of which it was an alias' : 'which is its alias now'}`
      const breaks = unread.filter((one) => (one === 'backward' ? after : before).default === undefined)
      this.note('field-renamed', own, what, breaks, after.place)
    }
    if (!isDeepStrictEqual(before.default, after.default)) {
      const what = `has another default: ${defaultText(before)} before, ${defaultText(after)} now`
      this.note('default-changed', own, what, [], after.place)
    }
    this.tags(own, before.tags, after.tags, after.place)
    this.docs(own, before.doc, after.doc, after.place)
    const outer = this.unread
    this.unread = [...outer, ...unread]
    this.types(own, before.type, after.type)
    this.unread = outer
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
    // Schema resolution compares names without their namespaces.
    const isSame = simpleName(before.name) === simpleName(after.name)
    const breaks = broken(isSame || isAliasOf(before, after), isSame || isAliasOf(after, before))
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
    this.changes.push({ kind, path, what, breaks: breaks.filter((one) => !this.unread.includes(one)), place })
  }
}

/** The earlier form of a field: found by its name, by an alias of its own, or by the old field's alias. */
function formerOf(field: SchemaField, before: RecordType, after: RecordType): SchemaField | undefined {
  const named = before.fields.filter(({ name }) => name === field.name || field.aliases.includes(name))
  const aliased = before.fields.filter(
    ({ name, aliases }) => aliases.includes(field.name) && !after.fields.some((one) => one.name === name),
  )
  const [same, ...rest] = named.length > 0 ? named : aliased
  return rest.length > 0 ? undefined : same
}

function isStreamable(type: NamedType): boolean {
  return type.kind === 'record' && type.streamable
}

function isAliasOf({ name }: NamedType, { aliases }: NamedType): boolean {
  return aliases.some((alias) => simpleName(alias) === simpleName(name))
}

function broken(goesBackward: boolean, goesForward: boolean): Direction[] {
  return [...(goesBackward ? [] : (['backward'] as const)), ...(goesForward ? [] : (['forward'] as const))]
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isSameScale(before: string | undefined, after: string | undefined): boolean {
  const [was, is] = [before, after].map((text) => /^decimal\(\d+, (\d+)\)$/.exec(text ?? '')?.[1])
  return was !== undefined && was === is
}

function defaultText({ default: ownDefault }: SchemaField): string {
  return ownDefault === undefined ? 'none' : JSON.stringify(ownDefault.value)
}
