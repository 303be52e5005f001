/** A record's headers as Kafka writes them, one after the other; a name may stand there twice. */
export type Headers = readonly (readonly [name: string, value: Buffer | null])[]

/** Called with the places of a header's name and value in the bytes; false ends the walk. */
type VisitHeader = (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => boolean

/** Walks over the headers of `KafkaRecord.headers` without creating objects: tracing alone puts several headers on each record. */
export function visitHeaders(bytes: Buffer, visit: VisitHeader): void {
  let position = 0
  const length = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[position++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 128 || shift > 28) return Math.max(0, (value >>> 1) ^ -(value & 1))
    }
  }
  while (position < bytes.length) {
    const nameLength = length()
    const nameStart = position
    position += nameLength
    const nameEnd = position
    const valueLength = length()
    const valueStart = position
    position += valueLength
    if (!visit(nameStart, nameEnd, valueStart, position)) return
  }
}

/** The text of a record's first header of that name; undefined where it has none. */
export function headerOf({ headers }: { readonly headers?: Buffer | undefined }, name: string): string | undefined {
  let found: string | undefined
  if (headers === undefined) return undefined
  visitHeaders(headers, (nameStart, nameEnd, valueStart, valueEnd) => {
    if (headers.toString('utf8', nameStart, nameEnd) !== name) return true
    found = headers.toString('utf8', valueStart, valueEnd)
    return false
  })
  return found
}

/** The headers as `KafkaRecord.headers` holds them; undefined where there are none. */
export function encodeHeaders(headers: Headers): Buffer | undefined {
  if (headers.length === 0) return undefined
  return Buffer.concat(headers.flatMap(([name, value]) => [...lengthAnd(Buffer.from(name)), ...lengthAnd(value)]))
}

function lengthAnd(bytes: Buffer | null): Buffer[] {
  return bytes === null ? [Buffer.from([1])] : [zigzag(bytes.length), bytes]
}

function zigzag(length: number): Buffer {
  const bytes: number[] = []
  let rest = length * 2
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}
