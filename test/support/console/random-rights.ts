import { fc } from '../running/seeded-properties.js'
import { policyOf, type RawPolicy, type Vocabulary } from '../values/arbitrary-policy.js'

const texts = (...names: readonly string[]) => names.map((name) => ({ name, type: 'string' }) as const)

/** A type of most shapes, whose texts are of one version and one place each, so that each tells from where it has come. */
export const thing = {
  type: 'record',
  name: 'Thing',
  streamable: true,
  fields: [
    { name: 'tick', type: 'long' },
    ...texts('id', 'region', 'owner', 'note'),
    { name: 'email', type: 'string', 'confluent:tags': ['PII'] },
    { name: 'maybe', type: ['null', 'string'], default: null },
    { name: 'address', type: { type: 'record', name: 'Address', fields: texts('city', 'street') } },
    { name: 'items', type: { type: 'array', items: { type: 'record', name: 'Item', fields: texts('sku', 'price') } } },
    { name: 'labels', type: { type: 'map', values: 'string' } },
    { name: 'lines', type: { type: 'array', items: 'string' } },
  ],
} as const

/** What conditions ask about: few values, so that they hold now and then. */
const vocabulary: Vocabulary = [
  ['id', ['thing-1'], false],
  ['region', ['eu', 'us'], false],
  ['owner', ['ann', 'bob', 'cleo'], false],
  ['address.city', ['Bonn', 'Graz'], false],
  ['items.sku', ['CHAIR', 'TABLE'], true],
  ['tick', [1, 20, 100], false],
  ['note', ['x'], false],
  ['maybe', [null, 'x'], false],
  ['items.price', ['x'], true],
  ['labels', ['x'], true],
  ['lines', ['x'], true],
  ['email', ['x'], false],
  ['address.street', ['x'], false],
]

/** Of each the last rule shows `tick`, by which it is known what somebody has been told. */
export function randomPolicy(seed: number): RawPolicy {
  const [policy] = fc.sample(policyOf(vocabulary), { seed, numRuns: 1 })
  return { roles: { ...policy!.roles, base: [{ action: 'read', subject: 'thing', fields: ['tick'] }] } }
}

/** An entity at one version: each text that no condition asks about is a canary of this version and its place. */
export function thingAt(tick: number, seed: number): Record<string, unknown> {
  const canary = (place: string) => `canary-${tick}-${place}`
  const one = <T>(...choices: readonly T[]) => choices[(seed + tick * 7) % choices.length]!
  const item = (n: number) => ({ sku: one('CHAIR', 'TABLE', 'LAMP'), price: canary(`price${n}`) })
  return {
    ...{ tick, id: 'thing-1', region: one('eu', 'us'), owner: one('ann', 'bob', 'cleo'), note: canary('note'), email: canary('email') },
    maybe: one(null, canary('maybe')),
    address: { city: one('Bonn', 'Graz', 'Oslo'), street: canary('street') },
    items: Array.from({ length: one(0, 1, 3) }, (_none, n) => item(n)),
    labels: { [canary('key')]: canary('label') },
    lines: [canary('line0'), canary('line1')],
  }
}
