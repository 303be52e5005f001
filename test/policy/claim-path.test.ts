import { test } from 'tap'
import { claimAt, JoinedClaims } from '#policy/claim-path.js'
import type { Claims } from '#policy/rights.js'
import { fc } from '../support/running/seeded-properties.js'

/** By the definition: of all ways to cut the path, at each level that with the longest first name. */
function plainly(value: unknown, steps: readonly string[]): unknown {
  if (steps.length === 0) return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const lengths = steps.map((_step, n) => steps.length - n)
  const length = lengths.find((count) => Object.hasOwn(value, steps.slice(0, count).join('.')))
  return length === undefined ? undefined : plainly((value as Claims)[steps.slice(0, length).join('.')], steps.slice(length))
}

const step = fc.constantFrom('a', 'b', '__proto__', 'constructor')
const name = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('.'))
const claims = fc.letrec<{ tree: unknown; object: object }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, fc.constantFrom('x', 1, null, true), fc.array(tie('tree'), { maxLength: 2 }), tie('object')),
  // As the parser of tokens hands them on: `__proto__` is a member like any other.
  object: fc
    .array(fc.tuple(name, tie('tree')), { maxLength: 4 })
    .map((members) => JSON.parse(`{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`) as object),
})).object

test('at each level the longest name that fits is taken, and it is never gone back', (t) => {
  const met = { found: 0, missing: 0 }
  fc.assert(
    fc.property(claims, fc.array(step, { minLength: 1, maxLength: 5 }), (token, steps) => {
      const found = claimAt(token as Claims, steps.join('.'))
      met[found === undefined ? 'missing' : 'found']++
      return found === plainly(token, steps)
    }),
    { numRuns: 3_000 },
  )
  t.ok(met.found > 100 && met.missing > 100, JSON.stringify(met))
  t.same(claimAt({ 'a.b': {}, a: { b: { c: 1 } } }, 'a.b.c'), undefined, 'whoever may add `a.b` does not turn the path elsewhere')
  t.end()
})

test('the topic is asked first, wholly, and then the token, but for what is null there or never comes from tokens', (t) => {
  const met = { topic: 0, token: 0, nothing: 0 }
  const steps = fc.array(step, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(claims, claims, steps, fc.array(steps, { maxLength: 1 }), (topic, token, asked, topicOnly) => {
      const path = asked.join('.')
      const only = topicOnly.map((names) => names.join('.'))
      const joined = new JoinedClaims({ claims: topic as Claims }, token as Claims, only)
      const isNullOnTheWay = asked.some((_step, n) => plainly(topic, asked.slice(0, n + 1)) === null && isOnTheWay(topic, asked, n + 1))
      const ofTopic = isNullOnTheWay ? null : plainly(topic, asked)
      const isOnly = only.some((name) => `${path}.`.startsWith(`${name}.`))
      const expected = ofTopic !== undefined ? ofTopic : isOnly ? undefined : plainly(token, asked)
      met[ofTopic !== undefined ? 'topic' : expected !== undefined ? 'token' : 'nothing']++
      return claimAt(joined, path) === expected && joined.isOfTopic(path) === (ofTopic !== undefined)
    }),
    { numRuns: 5_000 },
  )
  t.ok(met.topic > 100 && met.token > 100 && met.nothing > 100, JSON.stringify(met))
  t.end()
})

/** Whether the path goes by what its first steps lead to: where a longer name fits it does not. */
function isOnTheWay(value: unknown, steps: readonly string[], count: number): boolean {
  if (count === 0) return true
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const lengths = steps.map((_step, n) => steps.length - n)
  const length = lengths.find((many) => Object.hasOwn(value, steps.slice(0, many).join('.')))
  if (length === undefined || length > count) return false
  return isOnTheWay((value as Claims)[steps.slice(0, length).join('.')], steps.slice(length), count - length)
}
