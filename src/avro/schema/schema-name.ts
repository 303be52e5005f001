/** As the Avro specification resolves a name within a namespace; a dot before it stands for none. */
export function fullName(name: string, namespace: string): string {
  if (name.includes('.')) return name.replace(/^\./, '')
  return namespace === '' ? name : `${namespace}.${name}`
}

/** Of a full name what stands behind its last dot: resolution compares no more of it. */
export function simpleName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** Of a full name what stands before its last dot; empty where there is none. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}
