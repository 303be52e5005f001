import type { ClientEvents } from './api.js'
import { textIn, type Incoming } from './incoming.js'

/** Whether a frame may hold a number with more digits than JavaScript's have; most do not, and cost no more than this. */
const manyDigits = /\d{16}/

/** Where a number of a frame was read as another one than its text has. */
export function lostDigitsIn(messages: readonly Incoming[], text: string): ClientEvents['digits_lost'] | undefined {
  if (!manyDigits.test(text)) return undefined
  for (const { data, entity_type } of messages) {
    const path = lostDigitsPath(data, text, [])
    if (path) return { entityType: textIn(entity_type) ?? '', path: path.join('.') }
  }
  return undefined
}

/** One whose digits are in the text is exact, as doubles of any size are. Lists have no part in a path. */
function lostDigitsPath(value: unknown, text: string, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes(String(value)) ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const lost = lostDigitsPath(inner, text, Array.isArray(value) ? path : [...path, name])
    if (lost) return lost
  }
  return undefined
}
