import { createHmac } from 'node:crypto'
import { test } from 'tap'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { httpErrors } from '#protocol/codes.js'
import { Meter } from '#gateway/observe/meter.js'
import { secret, tokenChecks } from '../support/gateway/tokens.js'
import { SilentLog } from '../support/running/silent-log.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

const clock = new SimulatedClock()
const nowSeconds = clock.now() / 1000

const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url')
function signed(header: unknown, payload: string, key = secret): string {
  const head = `${base64url(JSON.stringify(header))}.${base64url(payload)}`
  return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`
}

const usual = { alg: 'HS256', typ: 'JWT' }
const header = fc.oneof(
  { weight: 4, arbitrary: fc.constant(usual) },
  fc.constantFrom({ alg: 'none' }, { alg: 'HS512' }, { alg: 'RS256' }, { alg: 'hs256' }, { alg: null }, {}, [], null, 'HS256', 5),
  fc.constantFrom({ ...usual, crit: ['b64'], b64: false }, { ...usual, crit: [] }, { ...usual, b64: false }, { ...usual, zip: 'DEF' }),
  fc.constantFrom({ ...usual, kid: 'k'.repeat(5000) }, { ...usual, jwk: { kty: 'oct', k: '' } }, { ...usual, jku: 'http://127.0.0.1:1/' }),
)
const anyTime = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -1, 1e308, nowSeconds + 60, nowSeconds - 60),
  fc.jsonValue({ maxDepth: 1 }),
)
const anyRoles = fc.oneof(fc.constantFrom('support', ['support'], ['support', 5], { 0: 'a', length: 1 }), fc.jsonValue({ maxDepth: 2 }))
const claims = fc.record(
  {
    ...{ sub: fc.oneof(fc.constant('ann'), fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 1 })) },
    ...{ exp: fc.oneof({ weight: 3, arbitrary: fc.constant(nowSeconds + 60) }, anyTime), nbf: anyTime, iat: anyTime },
    ...{
      roles: anyRoles,
      aud: fc.jsonValue({ maxDepth: 1 }),
      iss: fc.jsonValue({ maxDepth: 1 }),
      __proto__: fc.jsonValue({ maxDepth: 1 }),
    },
  },
  { requiredKeys: [] },
)
const payload = fc.oneof(
  { weight: 5, arbitrary: claims.map((one) => JSON.stringify(one)) },
  fc.jsonValue().map((one) => JSON.stringify(one)),
  fc.constantFrom('', '[]', 'null', '{', '"a"', '{"exp":1e999,"sub":"a"}', '{"sub":"a","sub":5}', '['.repeat(5000), '\ud800'),
)
const token = fc
  .tuple(header, payload, fc.constantFrom(secret, secret, secret, 'another secret of more than 32 bytes'))
  .map(([head, body, key]) => signed(head, body, key))
/** What a token is changed by, at a place of it. */
const change = fc.record({
  at: fc.nat(400),
  cut: fc.nat(3),
  put: fc.oneof(fc.constantFrom('', '.', '=', ' ', 'A', '\u0000', 'é'), fc.string({ maxLength: 4 })),
})

test('every token is verified or refused with a code, and one that was changed is none', async (t) => {
  const context = { clock, log: new SilentLog(), meter: new Meter() }
  const verifiers = [
    createTokenVerifier(tokenChecks, context),
    createTokenVerifier({ ...tokenChecks, rolesClaims: ['__proto__.roles'], subClaim: 'iss.sub', issuer: 'us', audience: 'here' }, context),
  ]
  const met = new Map<string, number>()
  const outcomeOf = async (text: string) => {
    for (const verifier of verifiers.slice(1)) await verifier.verify(text)
    const outcome = await verifiers[0]!.verify(text)
    const name = typeof outcome === 'string' ? outcome : 'verified'
    met.set(name, (met.get(name) ?? 0) + 1)
    if (typeof outcome === 'string') {
      if (!Object.hasOwn(httpErrors, outcome)) throw new Error(outcome)
      return undefined
    }
    const { sub, roles, expiresAtMs } = outcome
    const isWhole = typeof sub === 'string' && sub !== '' && roles.every((role) => typeof role === 'string')
    if (!isWhole || !(expiresAtMs > clock.now()) || !Number.isFinite(expiresAtMs)) throw new Error(JSON.stringify(outcome))
    return outcome
  }
  await fc.assert(
    fc.asyncProperty(token, fc.array(change, { maxLength: 2 }), fc.string(), async (text, changes, junk) => {
      const whole = await outcomeOf(text)
      const changed = changes.reduce((before, { at, cut, put }) => {
        const place = at % before.length
        return before.slice(0, place) + put + before.slice(place + cut) || '.'
      }, text)
      const other = await outcomeOf(changed)
      // The last character of a signature has bits that say nothing.
      const isSame = ['signature', 'head'].every((part) => bytesOf(changed, part) === bytesOf(text, part))
      if (other !== undefined && !isSame) throw new Error(`${changed} is taken, though it is not ${text}`)
      if (isSame && changed === text && (whole === undefined) !== (other === undefined)) throw new Error(text)
      await outcomeOf(junk)
    }),
    { numRuns: fuzzRuns(700) },
  )
  t.ok(
    ['verified', 'token_invalid', 'token_expired', 'token_not_active'].every((name) => met.has(name)),
    'each outcome is met',
  )
  t.notOk(met.has('keys_unavailable'), 'no token is taken for a fault of the keys')
})

function bytesOf(text: string, part: string): string {
  const end = text.lastIndexOf('.')
  return part === 'head' ? text.slice(0, end) : Buffer.from(text.slice(end + 1), 'base64url').toString('hex')
}
