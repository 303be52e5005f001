import { uuidText } from '#avro/read/scalar-text.js'
import { BadRecordError } from '#errors.js'

/** What Kafka's own serializers write of numbers, and a UUID of 16 bytes. */
const forms = {
  long: { bytes: 8, read: (key: Buffer) => String(key.readBigInt64BE()) },
  int: { bytes: 4, read: (key: Buffer) => String(key.readInt32BE()) },
  uuid: { bytes: 16, read: (key: Buffer) => uuidText(key, 0) },
} as const
type BinaryForm = keyof typeof forms

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const uuidTextLength = 36

/** @throws BadRecordError `key_invalid` where the key has another length. */
export function binaryKeyId(key: Buffer, form: BinaryForm): string {
  const { bytes, read } = forms[form]
  if (key.length === bytes) return read(key)
  // Kafka's own serializer of UUIDs writes their text.
  if (form === 'uuid' && key.length === uuidTextLength && uuidPattern.test(key.toString('latin1'))) return key.toString('latin1')
  throw new BadRecordError('key_invalid', `${key.length} bytes, where "key" says ${form}`)
}

/** What the bytes of a key look like that nobody has said anything about, for a message. */
export function lookOf({ length }: Buffer): string {
  const form = Object.entries(forms).find(([, { bytes }]) => bytes === length)?.[0]
  return `${length} bytes${form === undefined ? '.' : `: a${form === 'int' ? 'n' : ''} ${form}?`}`
}

/** Whether a key in wire format may also be one of these. */
export function mayBeBinary({ length }: Buffer): boolean {
  return length === forms.long.bytes || length === forms.uuid.bytes
}
