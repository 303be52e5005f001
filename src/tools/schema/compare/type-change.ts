import type { SchemaType } from '#schema/model/schema-model.js'
import { simpleName } from '#avro/schema/schema-name.js'

/**
 * The readers that a change breaks. `backward`: readers with the new schema cannot read what was written before. `forward`: readers with
 * the old schema cannot read what is written from now on.
 */
export type Direction = 'backward' | 'forward'

/** One type in another's place. */
export interface TypeChange {
  readonly kind: 'type-widened' | 'type-narrowed' | 'type-changed'
  readonly what: string
  readonly breaks: readonly Direction[]
  /** Pairs of inner types that belong together, and may differ within. */
  readonly goOn: readonly Pair[]
  /** Pairs of types of different kinds that can still be read, whose meaning may have changed. */
  readonly promoted: readonly Pair[]
}

type Pair = readonly [before: SchemaType, after: SchemaType]

/** By a written type, the types that a reader may read it as: https://avro.apache.org/docs/1.11.1/specification/#schema-resolution */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

/** Undefined where both types are of one kind. They may still differ within. */
export function typeChangeOf(before: SchemaType, after: SchemaType): TypeChange | undefined {
  if (before.kind === 'union' || after.kind === 'union') return unionChangeOf(branchesOf(before), branchesOf(after))
  if (before.kind === 'fixed' && after.kind === 'fixed' && before.size !== after.size) return changed()
  if (before.kind === after.kind) return undefined
  const wider = reads(after, before)
  const narrower = reads(before, after)
  const pairs = { goOn: [], promoted: [[before, after]] } as const
  if (wider && narrower) return { kind: 'type-changed', what: 'has another type that reads the same', breaks: [], ...pairs }
  if (wider) return { kind: 'type-widened', what: 'is wider', breaks: ['forward'], ...pairs }
  if (narrower) return { kind: 'type-narrowed', what: 'is narrower', breaks: ['backward'], ...pairs }
  return changed()
}

function changed(): TypeChange {
  return { kind: 'type-changed', what: 'has another type', breaks: ['backward', 'forward'], goOn: [], promoted: [] }
}

function unionChangeOf(before: readonly SchemaType[], after: readonly SchemaType[]): TypeChange | undefined {
  const lost = before.filter((one) => !after.some((other) => isReadAs(one, other)))
  const gained = after.filter((one) => !before.some((other) => isReadAs(one, other)))
  if (lost.length === 0 && gained.length === 0) return undefined
  const pairs = {
    goOn: after.flatMap((one) => before.filter((other) => isSameBranch(one, other)).map((other) => [other, one] as const)),
    promoted: promotedBranches(before, after),
  }
  if (lost.length === 0) return { kind: 'type-widened', what: 'may be more', breaks: ['forward'], ...pairs }
  if (gained.length === 0) return { kind: 'type-narrowed', what: 'may be less', breaks: ['backward'], ...pairs }
  return { kind: 'type-changed', what: 'may be other things', breaks: ['backward', 'forward'], ...pairs }
}

/** A branch that both unions have does not take another one's place. */
function promotedBranches(before: readonly SchemaType[], after: readonly SchemaType[]): Pair[] {
  const gone = before.filter((one) => !after.some((other) => isSameBranch(one, other)))
  const come = after.filter((one) => !before.some((other) => isSameBranch(one, other)))
  return come.flatMap((one) => gone.filter((other) => reads(one, other) || reads(other, one)).map((other) => [other, one] as const))
}

function isReadAs(written: SchemaType, read: SchemaType): boolean {
  return isSameBranch(written, read) || reads(read, written)
}

export function isSameBranch(one: SchemaType, other: SchemaType): boolean {
  if (one.kind !== other.kind) return false
  if (!('name' in one) || !('name' in other)) return true
  return (
    simpleName(one.name) === simpleName(other.name) ||
    one.aliases.concat(other.aliases).some((alias) => alias === one.name || alias === other.name)
  )
}

function reads(reader: SchemaType, writer: SchemaType): boolean {
  return promotions[writer.kind]?.includes(reader.kind) === true
}

/** A type is the same as a union of only that type. */
export function branchesOf(type: SchemaType): readonly SchemaType[] {
  return type.kind === 'union' ? type.branches : [type]
}
