import type * as v from 'valibot'
import type { ServerMessage } from '#protocol/message.js'
import { messageShapes } from '#protocol/message.js'
import { requestShapes, type Request, type RequestList } from '#protocol/request.js'
import { fc } from '../running/seeded-properties.js'

type Shape = v.ObjectSchema<Record<string, v.GenericSchema>, undefined>

/** Members by the kind of their schema, so that a message that is new is tried without a word here. */
const byKind: Readonly<Record<string, (schema: v.GenericSchema) => fc.Arbitrary<unknown>>> = {
  literal: (schema) => fc.constant((schema as v.LiteralSchema<string, undefined>).literal),
  string: (schema) => stringLike(schema as Piped),
  boolean: () => fc.boolean(),
  number: () => fc.oneof(fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true, max: 1e15, min: -1e15 })),
  array: (schema) => fc.array(arbitraryOf((schema as v.ArraySchema<v.GenericSchema, undefined>).item), { minLength: 1, maxLength: 4 }),
  object: (schema) => arbitraryObject(schema as Shape),
  custom: () => fc.dictionary(fc.string(), fc.jsonValue()),
  optional: (schema) => fc.option(arbitraryOf((schema as v.OptionalSchema<v.GenericSchema, undefined>).wrapped), { nil: undefined }),
  union: (schema) => fc.oneof(...(schema as v.UnionSchema<v.GenericSchema[], undefined>).options.map(arbitraryOf)),
}

interface Piped {
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
