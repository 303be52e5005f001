import * as v from 'valibot'
import { nameCharactersMax } from '#entities.js'
import { isJsonObject } from '#text/json-object.js'

/** A member that both dialects have. What it means stands in the manual. */
export function member<S extends v.GenericSchema>(schema: S, meaning: string) {
  return v.pipe(schema, v.description(meaning))
}

/** A member that only `sluice.v1` has, where it applies: the seed's protocol has none that may be missing. */
export function addition<S extends v.GenericSchema>(schema: S, meaning: string) {
  return v.optional(v.pipe(schema, v.description(meaning)))
}

/** A member of a request or message that only `sluice.v1` has. */
export function memberOfAddition<S extends v.GenericSchema>(schema: S, meaning: string) {
  return v.pipe(schema, v.description(meaning), v.metadata({ isAddition: true }))
}

/** An entity's id, or its type. */
export const name = v.pipe(v.string(), v.minLength(1), v.maxLength(nameCharactersMax))

export const jsonObject = v.custom<Readonly<Record<string, unknown>>>(isJsonObject)

/** Which version of an entity a client knows: as the server writes it, whether it is known or not. */
export const cursor = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,40}$/))

/** What becomes of updates for which a client is too slow. */
export const onSlow = v.picklist(['conflate', 'close'])

/** How many updates a second a client wants at most. More than this is nothing that anybody sees, and every limit has one. */
export const maxHz = v.pipe(v.number(), v.gtValue(0), v.maxValue(1_000))

/** The client's own mark on a request. An integer beyond 2^53 would be echoed as another one. */
export const ref = v.union([
  v.pipe(v.string(), v.maxLength(nameCharactersMax)),
  v.pipe(
    v.number(),
    v.finite(),
    v.check((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
  ),
])
export type Ref = v.InferOutput<typeof ref>
