/** Resolves a name within a namespace as the Avro specification does; a leading dot means no namespace. */
export function fullName(name: string, namespace: string): string {
  if (name.includes('.')) return name.replace(/^\./, '')
  return namespace === '' ? name : `${namespace}.${name}`
}

/** The full name among those that are known which a name means: in its namespace, or else in none, as Java's library has it. */
export function knownNameOf(name: string, namespace: string, known: { has(name: string): boolean }): string | undefined {
  return [fullName(name, namespace), name].find((full) => known.has(full))
}

/** The part of a full name after its last dot: schema resolution compares only this. */
export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** The part of a full name before its last dot; empty where there is none. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}
