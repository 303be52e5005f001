/** Those of the data's leaves whose paths are permitted, in the order of the data, so that frames are what the gateway's are. Arrays stay. */
export function pick(data: Readonly<Record<string, unknown>>, permitted: ReadonlySet<string>): Record<string, unknown> {
  const picked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(data)) {
    const part = pickAt(value, name, permitted)
    if (part !== undefined) picked[name] = part
  }
  return picked
}

function pickAt(value: unknown, path: string, permitted: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => pickAt(item, path, permitted))
  if (typeof value !== 'object' || value === null) return permitted.has(path) ? value : undefined
  const picked: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const part = pickAt(member, `${path}.${name}`, permitted)
    if (part !== undefined) picked[name] = part
  }
  return Object.keys(picked).length === 0 ? undefined : picked
}
