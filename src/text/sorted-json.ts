import { isJsonObject } from './json-object.js'

/** The same text for the same value, in whatever order its members were written, at any depth. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    return isJsonObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member
  })
}
