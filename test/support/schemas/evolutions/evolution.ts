import type { EntityFile } from '#schema/files/schema-folder.js'
import { orderFile } from '../entity-file.js'

/** What was written, unchanged. */
export const same = Symbol('same')
/** A reader with the other schema cannot read it: a resolver of the two cannot even be made. */
export const fails = Symbol('fails')

type Fields = Readonly<Record<string, unknown>>

/**
 * The way of one order, without its id: the fields as avsc writes them (Avro's own JSON, unions with the names of their branches), as the
 * gateway decodes them for clients, and as a reader with the other schema takes them.
 */
export type Journey = readonly [written: Fields, sent: Fields | typeof same, read: Fields | typeof same | typeof fails]

/** A change of an order's schema, and all that follows from it. */
export interface EvolutionRow {
  readonly name: string
  readonly schemas: readonly [before: EntityFile, after: EntityFile]
  /** By meaning: kind and path. */
  readonly changes: readonly string[]
  /** Written with the schema before the change, read with that after it. */
  readonly old: Journey
  /** Written with the schema after the change, read with that before it. */
  readonly now: Journey
  /** By path the roles of `evolution-policy.ts` that see more of it (+) or less (-); nothing else has changed for any of them. */
  readonly sees?: Readonly<Record<string, string>>
}

/** Of a field that is not tagged and that a role has a name for. */
export const appears = '+all +named +own +untagged'
export const vanishes = '-all -named -own -untagged'
/** Of a field that gets the tag PII, or loses it. */
export const guarded = '+tagged -untagged'
export const bared = '-tagged +untagged'

/** An order with one field besides its id. */
export const field = (type: unknown, more: object = {}) => orderFile([{ name: 'field', type, ...more }])
export const arrayOf = (items: unknown) => ({ type: 'array', items })
export const mapOf = (values: unknown) => ({ type: 'map', values })
export const record = (name: string, ...fields: object[]) => ({ type: 'record', name, fields })
export const x = { name: 'x', type: 'int' }
export const y = { name: 'y', type: 'int' }
export const pii = { 'confluent:tags': ['PII'] }
