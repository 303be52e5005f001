import type * as v from 'valibot'
import type { ServerMessage } from '#protocol/message.js'
import { messageShapes } from '#protocol/message.js'
import { requestShapes, type Request, type RequestList } from '#protocol/request.js'
import { fc } from '../running/seeded-properties.js'

type Shape = v.ObjectSchema<Record<string, v.GenericSchema>, undefined>

/** Members by the kind of their schema, so that a message that is new is tried without a word here. */
const byKind: Readonly<Record<string, (schema: v.GenericSchema) => fc.Arbitrary<unknown>>> = {
  literal: (schema) => fc.constant((schema as v.LiteralSchema<string, undefined>).literal),
  string: (schema) => stringLike(schema),
  boolean: () => fc.boolean(),
  number: (schema) => numberLike(schema),
  picklist: (schema) => fc.constantFrom(...(schema as v.PicklistSchema<string[], undefined>).options),
  array: (schema) => fc.array(arbitraryOf((schema as v.ArraySchema<v.GenericSchema, undefined>).item), { minLength: 1, maxLength: 4 }),
  object: (schema) => arbitraryObject(schema as Shape),
  custom: () => fc.dictionary(fc.string(), fc.jsonValue()),
  optional: (schema) => fc.option(arbitraryOf((schema as v.OptionalSchema<v.GenericSchema, undefined>).wrapped), { nil: undefined }),
  union: (schema) => fc.oneof(...(schema as v.UnionSchema<v.GenericSchema[], undefined>).options.map(arbitraryOf)),
}

interface Piped {
  readonly type?: string
  readonly pipe?: readonly Piped[]
  readonly requirement?: unknown
}

function patternIn({ pipe = [], requirement }: Piped): RegExp | undefined {
  return requirement instanceof RegExp ? requirement : pipe.map(patternIn).find((pattern) => pattern !== undefined)
}

/** As its pattern says, where it has one. */
function stringLike(schema: Piped): fc.Arbitrary<string> {
  const pattern = patternIn(schema)
  return pattern === undefined ? fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }) : fc.stringMatching(pattern)
}

function maximumIn({ type, pipe = [], requirement }: Piped): number | undefined {
  return type === 'max_value' ? (requirement as number) : pipe.map(maximumIn).find((maximum) => maximum !== undefined)
}

/** Above 0 and up to its maximum, where it has one. */
function numberLike(schema: Piped): fc.Arbitrary<number> {
  const max = maximumIn(schema)
  if (max !== undefined) return fc.double({ min: 0, minExcluded: true, max, noNaN: true })
  return fc.oneof(fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true, max: 1e15, min: -1e15 }))
}

function arbitraryOf(schema: v.GenericSchema): fc.Arbitrary<unknown> {
  return byKind[schema.type]!(schema)
}

function arbitraryObject({ entries }: Shape): fc.Arbitrary<unknown> {
  return fc.record(Object.fromEntries(Object.entries(entries).map(([name, schema]) => [name, arbitraryOf(schema)])))
}

function arbitraryOneOf<T>(shapes: readonly unknown[]): fc.Arbitrary<T> {
  return fc.oneof(...(shapes as readonly Shape[]).map(arbitraryObject)) as fc.Arbitrary<T>
}

/** Whatever the server can say. */
export const arbitraryMessage = arbitraryOneOf<ServerMessage>(messageShapes)

/** Whatever a client can ask for, in vain or not, by itself or in a list. */
export const arbitraryRequest = arbitraryOneOf<Request | RequestList>(requestShapes).map((request) =>
  'subscriptions' in request ? ({ ...request, subscriptions: request.subscriptions.map(withType) } as RequestList) : withType(request),
)

/** A cursor is one of an entity with its type. */
function withType<R extends object>(request: R): R {
  return 'since' in request && 'entity_type' in request && request.entity_type === undefined ? { ...request, since: undefined } : request
}
