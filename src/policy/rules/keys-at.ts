import { ValueList } from './judged-value.js'
import { type LookupKey, keysOfValue } from './lookup-key.js'

/** The keys of what stands at a path, each once. A missing value equals null. */
export function keysAt(value: unknown): LookupKey[] {
  if (!(value instanceof ValueList)) return keysOfValue(value ?? null)
  const keys = new Set(value.values.flatMap(keysOfValue))
  if (value.lacksSome) keys.add(null)
  return [...keys]
}
