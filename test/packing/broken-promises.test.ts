import fc from 'fast-check'
import { test } from 'tap'
import { brokenPromises } from '#packing/broken-promises.js'
import { promisesNow, type Promises } from '#packing/promises.js'

const now = promisesNow()

function changed(change: (promises: Record<string, Record<string, unknown>>) => void): Promises {
  const copy = structuredClone(now) as Record<string, Record<string, unknown>>
  change(copy)
  return copy as Promises
}

test('breaks nothing that stays as it is', async (t) => {
  t.same(brokenPromises(now, now), [])
})

const arbitraryName = fc
  .constantFrom(...Object.keys(now))
  .chain((kind) => fc.constantFrom(...Object.keys(now[kind as keyof Promises])).map((name) => [kind, name] as const))

test('whatever is gone is broken, and what is new is not', async (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(arbitraryName, { selector: (one) => one.join(), maxLength: 5 }), (names) => {
      const less = changed((promises) => names.forEach(([kind, name]) => Reflect.deleteProperty(promises[kind]!, name)))
      const broken = brokenPromises(now, less).map(({ kind, name }) => `${kind},${name}`)
      const isSame = new Set(broken).size === names.length && names.every((one) => broken.includes(one.join()))
      // What was gone and comes back as a must is another matter.
      const isFree = names.every(([kind, name]) => kind !== 'requests' || now.requests[name] === 'optional')
      return isSame && (!isFree || brokenPromises(less, now).length === 0)
    }),
  )
  t.pass()
})

const cases: readonly (readonly [kind: keyof Promises, name: string, value: unknown, how: RegExp | undefined])[] = [
  ['settings', 'PORT', { kind: 'integer', default: '80', min: 0, max: 65_535 }, /is 80 by itself, and was 8080/],
  ['settings', 'PORT', { kind: 'text', default: '8080', min: 0, max: 65_535 }, /another kind/],
  ['settings', 'PORT', { kind: 'integer', default: '8080', min: 1, max: 65_535 }, /is 1 at least, and was 0/],
  ['settings', 'PORT', { kind: 'integer', default: '8080', min: 0, max: 9999 }, /is 9999 at most/],
  ['settings', 'PORT', { kind: 'integer', default: '8080', min: 0 }, undefined],
  ['settings', 'LONGS', { kind: 'choice', default: 'number', choices: ['number'] }, /cannot be string any more/],
  ['settings', 'LONGS', { kind: 'choice', default: 'number', choices: ['number', 'string', 'bigint'] }, undefined],
  ['requests', 'subscribe.ref', 'required', /must be there/],
  ['requests', 'subscribe.colour', 'required', /nobody knew of/],
  ['requests', 'subscribe.colour', 'optional', undefined],
  ['requests', 'greet.colour', 'required', undefined],
  ['requests', 'authenticate.token', 'optional', undefined],
  ['messages', 'entity_update.data', 'optional', /may be missing/],
  ['messages', 'error.code', 'required', undefined],
  ['closes', 'too_slow', 4042, /is 4042, and was 4001/],
  ['refusals', 'busy', 429, /is 429, and was 503/],
  ['exits', 'wrongUse', 2, /is 2, and was 64/],
  ['closes', 'tired', 4043, undefined],
]

for (const [kind, name, value, how] of cases)
  test(`${kind}: ${name} as ${JSON.stringify(value)} breaks ${how === undefined ? 'nothing' : 'what was promised'}`, async (t) => {
    const broken = brokenPromises(
      now,
      changed((promises) => (promises[kind]![name] = value)),
    )
    if (how === undefined) t.same(broken, [])
    else t.match(broken, [{ kind, name, how }])
  })
