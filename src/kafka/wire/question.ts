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

/** The bytes of a request behind the client's name. */
export function encodeQuestion<Asked>(question: Question<Asked, unknown>, asked: Asked, version: number): Buffer {
  const fields = new FieldWriter(version >= question.flexibleFrom)
  fields.tags() // The header's.
  question.write(fields, asked, version)
  return fields.bytes
}

/** @param bytes of an answer behind the number of its request. @throws RangeError where they end too early. */
export function decodeAnswer<Answer>(
  question: Pick<Question<never, Answer>, 'flexibleFrom' | 'read'>,
  bytes: Buffer,
  version: number,
): Answer {
  const fields = new FieldReader(bytes, version >= question.flexibleFrom)
  fields.tags() // The header's.
  return question.read(fields, version)
}
