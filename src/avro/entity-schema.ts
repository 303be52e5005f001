import type { Exact } from './decimal.js'
import type { Instant } from './instant.js'
import type { JsonOutput } from '#text/json-output.js'

/** A set of leaves of one schema, by their index in `EntitySchema.leaves`. */
export type LeafSet = ReadonlySet<number>

/**
 * The schema that an entity's record was written with, as the later stages see it: a list of leaves.
 * A leaf is a path to a value that is no record (`total`, `address.city`, `items.sku`), through arrays, maps and unions;
 * where a union holds a record and something else, the path is a leaf and has leaves under it.
 */
export interface EntitySchema {
  readonly entityType: string
  /** The record's full name in Avro. */
  readonly name: string
  readonly streamable: boolean
  /** Every leaf's path once, in the schema's order. Recursive records are followed to a limited depth; nothing deeper is ever shown. */
  readonly leaves: readonly string[]
  /** The leaves under each tag, be it of `confluent:tags` in the text or of the registry's metadata beside it. */
  readonly tags: ReadonlyMap<string, LeafSet>
  /** Whether any leaf may carry the tag besides, since the metadata cannot be read: what hides the tag hides all then, what shows it shows no more for it. */
  mayCarry(tag: string): boolean
  /** What of its tags and its shape is not as somebody may think; sentences without their full stop. */
  readonly doubts: readonly string[]
  /**
   * Compiles the JSON text of the given leaves (README.md of this room). A container appears when a leaf under it is in the set;
   * an array keeps its length: what is hidden in it is null; a map leaves out what is hidden. @throws BadRecordError when called on bytes that are not of this schema,
   * trailing bytes among them, whichever leaves are asked for.
   */
  projectionOf(leaves: LeafSet): Projection
  /** Compiles the values at the given paths in the form in which conditions compare them. @throws BadRecordError as the projection does. */
  extractionOf(paths: readonly string[]): Extraction
  /**
   * What conditions find at a path; undefined where it leads nowhere. It may lead to a leaf, to a container, or deeper than leaves are followed;
   * through unions, and through one array or map a step: what lies in an array directly within another has no path.
   */
  kindsAt(path: string): PathKinds | undefined
  /** What may be compared at a path; nothing where there are records alone. */
  comparableValuesAt(path: string): ComparableValues
}

/** What conditions compare: numbers and decimals; dates and timestamps; booleans; all else as its text. */
export type ValueKind = 'number' | 'instant' | 'boolean' | 'text'

/** What the schema says of a path: what may stand there on at least one way through unions. */
export interface PathKinds {
  /** Of the values there, and of those that lie in an array or a map there. Records and nulls are of none. */
  readonly kinds: ReadonlySet<ValueKind>
  /** An array or a map lies before the path's end. */
  readonly throughList: boolean
  /** An array or a map is what stands there. */
  readonly endsInList: boolean
  /** An array or a map lies directly in one that stands there. */
  readonly listsInList: boolean
}

/** The scalars that may stand at a path, through arrays, maps and unions, without null. */
export interface ComparableValues {
  /** All there are of booleans and enums. */
  readonly all: readonly (boolean | string)[]
  /** One of each kind of which there is no end: what compares with it compares with all of its kind. */
  readonly examples: readonly (string | number | Instant)[]
}

/** From the bytes and the start of the entity's record to a JSON object, which is written. */
export type Projection = (bytes: Buffer, start: number, output: JsonOutput) => void

/** So many values at one path are compared for one event; of more the conditions on it are undecided, as long lists would hold up everybody. */
export const pathValuesMax = 10_000

/**
 * From the bytes and the start of the entity's record to a plain object of what the asked paths lead to, nested as the record is.
 * Of a record only the asked fields are there, so that it may be empty; arrays stay arrays, maps become the array of their values.
 * @param unknown takes in the paths at which the event holds a value that is not known, or more than `pathValuesMax`.
 */
export type Extraction = (bytes: Buffer, start: number, unknown?: Set<string>) => Record<string, ComparisonValue>

/** Numbers are numbers where they are exact, otherwise `Exact`; dates and timestamps are `Instant`; all else is its JSON. */
export type ComparisonValue =
  null | boolean | number | string | Exact | Instant | readonly ComparisonValue[] | { readonly [member: string]: ComparisonValue }
