import { createMongoAbility, subject } from '@casl/ability'
import { parseCondition } from '#policy/rules/condition-syntax.js'
import { JudgedValue } from '#policy/rules/judged-value.js'
import { policyPlace } from '#policy/rules/policy-file.js'
import { caseOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { changeEvents, decodePlainly, orderSchema, sampleCount, values } from './sample-events.js'

export const condition: MicroQuestion = {
  name: 'condition',
  question: 'What does it cost to judge whether an order meets the condition of a rule?',
  cases: () => [
    ofValues('equality', equality, ['region']),
    ofValues('three fields', threeFields, ['status', 'items.quantity', 'address.city']),
    fromAvro('equality, from Avro', equality, ['region']),
  ],
}

const equality = { region: 'eu' }
const threeFields = { status: { $in: ['OPEN', 'PAID'] }, 'items.quantity': { $gte: 2 }, 'address.city': { $ne: 'Berlin' } }

/** The evaluation alone, of what either way has decoded before. */
function ofValues(name: string, conditions: object, paths: readonly string[]): MicroCase {
  const test = testOf(conditions)
  const extract = extractionOf(paths)
  const extracted = changeEvents.map((_event, input) => extract(input))
  const can = canOf(conditions)
  const orders = values.map((value) => decodePlainly(value).data)
  return ofEach(
    name,
    (input) => test(extracted[input]!),
    (input) => can(orders[input]!),
  )
}

/** The reading of what the condition asks about, too. */
function fromAvro(name: string, conditions: object, paths: readonly string[]): MicroCase {
  const test = testOf(conditions)
  const extract = extractionOf(paths)
  const can = canOf(conditions)
  return ofEach(
    name,
    (input) => test(extract(input)),
    (input) => can(decodePlainly(values[input]!).data),
  )
}

function ofEach(name: string, sluice: (input: number) => boolean, plain: (input: number) => boolean): MicroCase {
  return caseOf({ name, inputs: sampleCount, operations: 1 }, sluice, plain, { weigh: Number })
}

function testOf(conditions: object) {
  return parseCondition(conditions, policyPlace).bind({})!.test
}

function extractionOf(paths: readonly string[]) {
  const extract = orderSchema.extractionOf(paths)
  return (input: number) => {
    const { bytes, start } = changeEvents[input]!.data!
    return new JudgedValue(extract(bytes, start))
  }
}

/** Whether CASL permits the field to which the rule with these conditions applies. */
function canOf(conditions: object): (order: Readonly<Record<string, unknown>>) => boolean {
  const ability = createMongoAbility([{ action: 'read', subject: 'order', fields: ['total'], conditions: { ...conditions } }])
  return (order) => ability.can('read', subject('order', order), 'total')
}
