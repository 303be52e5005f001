import { wireHeaderLength } from '#registry/wire-format.js'

const magicByte = 0
/** How Avro's own formats begin that bring a schema, or its fingerprint, with each value. */
const singleObject = Buffer.from([0xc3, 0x01])
const objectContainer = Buffer.from('Obj\x01')
/** Spaces may stand before it. */
const openingOfJson = /^\s*[[{]/
const openingBytes = 16
const glue = { version: 3, plain: 0, zlib: 5, headerLength: 18 }

/** What a value looks like that is not in Confluent's wire format, for a message: people learn what they have to change. */
export function valueLook(value: Buffer): string | undefined {
  const [first, second] = value
  if (first === glue.version && (second === glue.plain || second === glue.zlib) && value.length >= glue.headerLength)
    return "it is in the format of AWS Glue's registry, which is not read"
  if (openingOfJson.test(value.toString('latin1', 0, openingBytes))) return 'it looks like JSON, with no schema in front of it'
  if (value.subarray(0, singleObject.length).equals(singleObject))
    return 'it has a fingerprint of its schema in front (single-object encoding), which is not read'
  if (value.subarray(0, objectContainer.length).equals(objectContainer)) return 'it is a whole file of Avro, which is not read'
  if (first === magicByte && value.length > wireHeaderLength)
    return "its id is 0, as of writers whose ids have 8 bytes: Apicurio's write 4 with an id handler for Confluent"
  return undefined
}
