import type { ClientEvents } from './api.js'
import { textIn, type Incoming } from './incoming.js'

/** As many as JavaScript's numbers may not have. Most frames hold none, and cost no more than this. */
const manyDigits = /\d{16,}/g
/** From here on numbers are written with an exponent, and none is an integer of 64 bits. */
const exponentsFrom = 1e21

/** Where a number of a frame was read as another one than its text has. */
export function lostDigitsIn(messages: readonly Incoming[], text: string): ClientEvents['digits_lost'] | undefined {
  const written = new Set(text.match(manyDigits))
  if (written.size === 0) return undefined
  for (const { data, entity_type } of messages) {
    const path = lostDigitsPath(data, written, [])
    if (path) return { entityType: textIn(entity_type) ?? '', path: path.join('.') }
  }
  return undefined
}

/** One whose digits are written is exact, as doubles of any size are. Lists have no part in a path. */
function lostDigitsPath(value: unknown, written: ReadonlySet<string>, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === 'number') {
    const size = Math.abs(value)
    return size > Number.MAX_SAFE_INTEGER && size < exponentsFrom && !written.has(String(size)) ? path : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const lost = lostDigitsPath(inner, written, Array.isArray(value) ? path : [...path, name])
    if (lost) return lost
  }
  return undefined
}
