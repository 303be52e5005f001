import { wireHeaderLength } from '#registry/wire-format.js'
import { JsonOutput } from '#text/json-output.js'
import { pick } from '../contenders/pick.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { decodePlainly, envelope, leafNumbers, orderSchema, sampleCount, values } from './sample-events.js'

export const decode: MicroQuestion = {
  name: 'decode',
  question: "What does it cost to make a record's Avro into the bytes of the JSON of the permitted fields?",
  cases: () => [
    ofMask('12 of 12 fields', orderSchema.leaves, (data) => data),
    ofMask('5 of 12 fields', fiveFields, (data) => pick(data, permitted)),
    ofEntityId(),
  ],
}

const output = new JsonOutput()
const fiveFields = ['seq', 'id', 'status', 'placed_at', 'items.sku']
const permitted = new Set(fiveFields)

/** Plainly: all of the record by avsc, the permitted fields out of it, and `JSON.stringify` of these. */
function ofMask(name: string, leaves: readonly string[], permittedOf: (data: Readonly<Record<string, unknown>>) => object): MicroCase {
  const project = orderSchema.projectionOf(leafNumbers(leaves))
  const sluice = (input: number) => {
    const { bytes, start } = envelope.read(values[input]!, wireHeaderLength).data!
    output.clear()
    project(bytes, start, output)
    return output.copy()
  }
  const plain = (input: number) => Buffer.from(JSON.stringify(permittedOf(decodePlainly(values[input]!).data)))
  const reading = { weigh: (text: Buffer) => text[text.length - 3]!, shown: (text: Buffer) => text.toString() }
  return caseOf({ name, inputs: sampleCount, operations: 1 }, sluice, plain, reading)
}

/** What an event costs that nobody has subscribed to: it is looked at to learn that. */
function ofEntityId(): MicroCase {
  const sluice = (input: number) => envelope.read(values[input]!, wireHeaderLength).entityId
  const plain = (input: number) => decodePlainly(values[input]!).entity_id
  const reading = { weigh: (id: string) => id.charCodeAt(8) }
  return caseOf({ name: 'the entity id alone', inputs: sampleCount, operations: 1 }, sluice, plain, reading)
}
