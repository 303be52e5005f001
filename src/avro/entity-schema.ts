import type { Exact } from './decimal.js'
import type { Instant } from './instant.js'
import type { JsonOutput } from '#text/json-output.js'

/** A set of leaves of one schema, by their index in `EntitySchema.leaves`. */
export type LeafSet = ReadonlySet<number>

/**
 * The schema that an entity's record was written with, as the later stages see it: a list of leaves. A leaf is a path to a value that is
 * not a record (`total`, `address.city`, `items.sku`), through arrays, maps and unions. Where a union holds a record and something else,
 * the path is a leaf and has leaves under it.
 */
export interface EntitySchema {
  readonly entityType: string
  /** The record's full name in Avro. */
  readonly name: string
  readonly streamable: boolean
  /**
   * The path of every leaf, once, in the schema's order. Recursive records are followed to a limited depth; nothing deeper is ever shown.
   */
  readonly leaves: readonly string[]
  /** The leaves under each tag, whether `confluent:tags` in the text has it or the registry's metadata beside it. */
  readonly tags: ReadonlyMap<string, LeafSet>
  /**
   * Whether, besides these, any leaf may carry the tag because the metadata cannot be read. Then a rule that hides the tag hides all
   * leaves, and one that shows it shows no more.
   */
  mayCarry(tag: string): boolean
  /** What about its tags and its shape people may not expect; sentences without their full stop. */
  readonly doubts: readonly string[]
  /**
   * Compiles the JSON text of the given leaves (README.md of this room). A container appears when a leaf under it is in the set. An array
   * keeps its length, with null in place of what is hidden; a map leaves hidden values out.
   * @throws BadRecordError when called on bytes that are not of this schema, or that have trailing bytes, whichever leaves are asked for.
   */
  projectionOf(leaves: LeafSet): Projection
  /**
   * Compiles the values at the given paths, in the form in which conditions compare them. @throws BadRecordError as the projection does.
   */
  extractionOf(paths: readonly string[]): Extraction
  /** Compiles the values at the given paths of what the given leaves show. @throws BadRecordError as the projection does. */
  shownExtractionOf(paths: readonly string[], leaves: LeafSet): ShownExtraction
  /**
   * What conditions find at a path; undefined where the path leads nowhere. It may lead to a leaf, to a container, or deeper than leaves
   * are followed. It leads through unions, and through one array or map a step: the items of an array directly within another have no path.
   */
  kindsAt(path: string): PathKinds | undefined
  /** The values that may be compared at a path; none where there are only records. */
  comparableValuesAt(path: string): ComparableValues
}

/** The kinds of values that conditions compare: numbers and decimals; dates and timestamps; booleans; everything else as its text. */
export type ValueKind = 'number' | 'instant' | 'boolean' | 'text'

/** What may stand at a path, on at least one way through unions. */
export interface PathKinds {
  /** The kinds of the values there, and of those in an array or a map there. Records and nulls are of no kind. */
  readonly kinds: ReadonlySet<ValueKind>
  /** Whether an array or a map lies before the path's end. */
  readonly throughList: boolean
  /** Whether an array or a map stands at the path's end. */
  readonly endsInList: boolean
  /** Whether an array or a map lies directly in one at the path's end. */
  readonly listsInList: boolean
}

/** The scalars that may stand at a path, through arrays, maps and unions, without null. */
export interface ComparableValues {
  /** All values of booleans and enums. */
  readonly all: readonly (boolean | string)[]
  /** One value of each kind with endlessly many values: what compares with it compares with all of its kind. */
  readonly examples: readonly (string | number | Instant)[]
}

/** Reads the entity's record from its start in the bytes, and writes a JSON object. */
export type Projection = (bytes: Buffer, start: number, output: JsonOutput) => void

/**
 * The limit of values at one path that are compared for one event. Beyond it the conditions on the path are undecided, as long lists would
 * hold up everybody.
 */
export const pathValuesMax = 10_000

/**
 * Reads the entity's record from its start in the bytes to a plain object with the values at the asked paths, nested as the record is. A
 * record has only the asked fields, so that it may be empty. Arrays stay arrays; a map becomes the array of its values.
 * @param unknown receives the paths at which the event has an unknown value, or more than `pathValuesMax` values.
 */
export type Extraction = (bytes: Buffer, start: number, unknown?: Set<string>) => Record<string, ComparisonValue>

/**
 * Reads the same of what some leaves show: what is hidden is absent, as in their JSON. Undefined where lists and maps on the paths have more
 * than `pathValuesMax` entries together.
 */
export type ShownExtraction = (bytes: Buffer, start: number) => Record<string, ComparisonValue> | undefined

/** Numbers are numbers where that is exact, otherwise `Exact`; dates and timestamps are `Instant`; everything else is its JSON. */
export type ComparisonValue =
  null | boolean | number | string | Exact | Instant | readonly ComparisonValue[] | { readonly [member: string]: ComparisonValue }
