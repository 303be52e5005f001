import { FieldReader } from './field-reader.js'
import { FieldWriter } from './field-writer.js'

/** One kind of request with its answer, in all versions that are known here: https://kafka.apache.org/protocol.html#protocol_api_keys */
export interface Question<Asked, Answer> {
  readonly apiKey: number
  readonly name: string
  readonly versionMin: number
  readonly versionMax: number
  /** The first version with varints for lengths, and with tags. */
  readonly flexibleFrom: number
  write(fields: FieldWriter, asked: Asked, version: number): void
  read(fields: FieldReader, version: number): Answer
}

/** What stands behind the name of the client. */
export function encodeQuestion<Asked>(question: Question<Asked, unknown>, asked: Asked, version: number): Buffer {
  const fields = new FieldWriter(version >= question.flexibleFrom)
  fields.tags() // Of the header.
  question.write(fields, asked, version)
  return fields.bytes
}

/** @param bytes what stands behind the number of the request. @throws RangeError where they end too early. */
export function decodeAnswer<Answer>(
  question: Pick<Question<never, Answer>, 'flexibleFrom' | 'read'>,
  bytes: Buffer,
  version: number,
): Answer {
  const fields = new FieldReader(bytes, version >= question.flexibleFrom)
  fields.tags() // Of the header.
  return question.read(fields, version)
}
