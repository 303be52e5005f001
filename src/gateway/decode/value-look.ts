import { wireHeaderLength } from '#registry/wire-format.js'

const [openBrace, openBracket, magicByte] = [0x7b, 0x5b, 0]
const glue = { version: 3, plain: 0, zlib: 5, headerLength: 18 }

/** What a value looks like that is not in Confluent's wire format, for a message: people learn what they have to change. */
export function valueLook(value: Buffer): string | undefined {
  const [first, second] = value
  if (first === glue.version && (second === glue.plain || second === glue.zlib) && value.length >= glue.headerLength)
    return "it is in the format of AWS Glue's registry, which is not read"
  if (first === openBrace || first === openBracket) return 'it looks like JSON, with no schema in front of it'
  if (first === magicByte && value.length > wireHeaderLength)
    return "its id is 0, as of writers whose ids have 8 bytes: Apicurio's write 4 with an id handler for Confluent"
  return undefined
}
