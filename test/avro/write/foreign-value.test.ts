import { test } from 'tap'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import type { RecordNode } from '#avro/schema/avro-schema.js'
import { AvroSink } from '#avro/write/avro-sink.js'
import { avroWriterOf } from '#avro/write/avro-writer.js'
import { clientFormOf } from '#avro/write/client-form.js'
import { InvalidEntityError } from '#avro/write/invalid-entity.js'
import { serviceForm } from '#avro/write/service-form.js'
import type { ValueForm } from '#avro/write/value-form.js'
import { avroCases, namedTypes } from '../../support/values/avro-cases.js'
import { allLeaves, parseEntity } from '../../support/values/entity-cases.js'
import { type HostileValue, hostileValues } from '../../support/values/hostile-values.js'
import { fc } from '../../support/running/seeded-properties.js'
import { NotShown, serviceValue } from '../../support/values/service-values.js'
import { projectedText } from '../../support/values/projected-text.js'

type Steps = readonly (string | number)[]

/** Every place below the root, with the way there. */
function placesIn(value: unknown, steps: Steps = []): Steps[] {
  const parts: (readonly [string | number, unknown])[] =
    value instanceof Map
      ? [...(value as Map<string, unknown>)]
      : Array.isArray(value)
        ? [...value.entries()]
        : isObject(value)
          ? namesIn(value)
          : []
  return [...(steps.length === 0 ? [] : [steps]), ...parts.flatMap(([step, part]) => placesIn(part, [...steps, step]))]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)
}

function namesIn(value: object): [string, unknown][] {
  return Object.keys(value).map((name) => [name, (value as Record<string, unknown>)[name]])
}

/** A copy with something else at the place. */
function spoiled(value: unknown, [step, ...rest]: Steps, other: unknown): unknown {
  if (step === undefined) return other
  if (value instanceof Map)
    return new Map([...(value as Map<string, unknown>)].map(([key, part]) => [key, key === step ? spoiled(part, rest, other) : part]))
  if (Array.isArray(value)) return value.map((part: unknown, index) => (index === step ? spoiled(part, rest, other) : part))
  const copy = {}
  for (const [name, part] of namesIn(value as object))
    Object.defineProperty(copy, name, { value: name === step ? spoiled(part, rest, other) : part, enumerable: true })
  return copy
}

/** What a client is shown there; undefined where it is shown nothing. */
function shownAt(shown: unknown, steps: Steps): unknown {
  return steps.reduce<unknown>(
    (part, step) => (isObject(part) && Object.hasOwn(part, step) ? (part as Record<string | number, unknown>)[step] : undefined),
    shown,
  )
}

/** What is wrong with how it was taken; undefined where all is well. */
function complaint(
  schema: object,
  value: unknown,
  steps: Steps,
  { allows }: HostileValue,
  formOf: (record: RecordNode) => ValueForm,
): string | undefined {
  const record = parseAvroSchema(JSON.stringify(schema)) as RecordNode
  const sink = new AvroSink()
  try {
    avroWriterOf(record, formOf(record))(sink, value, 'any')
  } catch (error) {
    return error instanceof InvalidEntityError ? undefined : `threw ${String(error)}`
  }
  const entity = parseEntity(schema)
  const text = projectedText(entity, allLeaves(entity), sink.written())
  const shown = shownAt(JSON.parse(text), steps)
  return shown === undefined || allows(shown) ? undefined : `showed ${JSON.stringify(shown).slice(0, 200)}`
}

const forms: [string, (record: RecordNode) => ValueForm][] = [
  ['a service', () => serviceForm],
  ['a client', clientFormOf],
]

for (const [whose, formOf] of forms) {
  test(`whatever stands in the values of ${whose}, it is refused with its path or shown as it is`, (t) => {
    let tried = 0
    fc.assert(
      fc.property(avroCases, fc.constantFrom(...hostileValues), fc.nat(), ({ schema, value }, hostile, which) => {
        const types = namedTypes(schema)
        if ([...types.values()].some(({ fields }) => fields?.length === 0)) return
        const good = goodValue(() => serviceValue(schema, value, types))
        const places = placesIn(good)
        if (places.length === 0) return
        const steps = places[which % places.length]!
        tried++
        const wrong = complaint(schema, spoiled(good, steps, hostile.value), steps, hostile, formOf)
        if (wrong !== undefined) throw new Error(`${hostile.name} at ${steps.join('.')}: ${wrong}`)
      }),
      { numRuns: 4000 },
    )
    t.ok(tried > 1000, `${tried} were tried`)
    t.end()
  })
}

function goodValue(make: () => unknown): unknown {
  try {
    return make()
  } catch (error) {
    if (error instanceof NotShown) return undefined
    throw error
  }
}
