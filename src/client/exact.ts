import { exactJson as exactValueOf } from '#text/exact-json.js'

/**
 * A `parse` for the client by which no 64-bit integer loses a digit: those that JavaScript's numbers would round come as bigints, or as the
 * text of their digits; all others as numbers. So do doubles of that size, which JSON writes as integers below 1e21. Bigints are
 * values that `JSON.stringify` refuses.
 */
export function exactJson(as: 'bigint' | 'string'): (text: string) => unknown {
  return (text) => exactValueOf(text, as)
}
