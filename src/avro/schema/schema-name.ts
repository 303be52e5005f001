/** Resolves a name within a namespace as the Avro specification does; a leading dot means no namespace. */
export function fullName(name: string, namespace: string): string {
  if (name.includes('.')) return name.replace(/^\./, '')
  return namespace === '' ? name : `${namespace}.${name}`
}

/** The part of a full name after its last dot: schema resolution compares only this. */
export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** The part of a full name before its last dot; empty where there is none. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}
