import avsc from 'avsc'
import type { RecordSchema } from '#schema/files/schema-json.js'
import { wire } from '../gateway/decode-fixture.js'

/** avsc's own long is a double; the tests' orders have numbers that need all 64 bits. */
const bigLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: number | bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (one: number | bigint, other: number | bigint) => (one < other ? -1 : Number(one > other)),
})

/** Writes events as a producer without a line of this project does, by avsc: the magic byte 0, the schema's id, the value. */
export class EventEncoder {
  private readonly type: avsc.Type

  constructor(
    schema: RecordSchema,
    private readonly schemaId: number,
  ) {
    this.type = avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: bigLong } })
  }

  /** @throws Error where the event is not of the schema. */
  encode(event: object): Buffer {
    return wire(this.schemaId, this.type.toBuffer(event))
  }
}

/** Avro's decimals are big-endian two's complement; those of the tests are below 21 million. In cents. */
export function decimalBytes(cents: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(cents)
  return bytes
}
