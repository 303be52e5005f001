import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { encode } from '../../support/values/avro-cases.js'
import { parseEntity } from '../../support/values/entity-cases.js'
import { orderEvent, policyText, type ShortRule, visible } from '../../support/values/order.js'

/** A record of 0.95 MB was judged for seconds: each of these took between 1 and 30 s of CPU before, and takes some 10 to 100 ms. */
const cpuMsMax = 1_500
/** As Kafka takes unless told otherwise. */
const recordBytes = 950_000

const money = { type: 'bytes', logicalType: 'decimal', precision: 2466, scale: 2466 }
const part = { type: 'record', name: 'Part', fields: [{ name: 'tags', type: { type: 'array', items: 'string' } }] }
const fields = [
  { name: 'id', type: 'string' },
  ...Object.entries({ words: 'string', prices: money, numbers: 'double', longs: 'long', parts: part, few: money }).map(([name, items]) => ({
    name,
    type: { type: 'array', items },
  })),
]
const schema = { type: 'record', name: 'Order', fields }
const orders = parseEntity(schema)
const none = { id: 'order-1', words: [], prices: [], numbers: [], longs: [], parts: [], few: [] }

function eventOf(data: object): ChangeEvent {
  return { ...orderEvent(), data: { schema: orders, bytes: encode(schema, { ...none, ...data }), start: 0 } }
}

/** What so many users with their own claims see of the event, and the CPU that judging took. */
function judge(rules: ShortRule[], event: ChangeEvent, users: number, claims: (user: number) => object): [shown: unknown[], cpuMs: number] {
  const policy = parsePolicy(policyText({ some: rules }))
  const audiences = Array.from({ length: users }, (_, user) => policy.rightsOf(['some'], { ...claims(user) }).audienceOf('order'))
  const index = audiences[0]!.group!.newIndex()
  for (const audience of audiences) index.add(audience!)
  const { user, system } = process.cpuUsage()
  index.candidatesOf(event)
  const shown = audiences.map((audience) => visible(audience, event) !== undefined)
  const after = process.cpuUsage()
  return [shown, (after.user + after.system - user - system) / 1000]
}

function repeated<T>(one: T, bytes: number, ofEach: (one: T, index: number) => T = () => one): T[] {
  return Array.from({ length: Math.floor(recordBytes / bytes) }, (_, index) => ofEach(one, index))
}

const claims = (count: number) => (user: number) => ({
  l: Array.from({ length: count }, (_, index) => `user-${user}-${index}`),
  s: `${user}`,
})
const numbers = (user: number) => ({ l: Array.from({ length: 700 }, (_, index) => `${user}.${'7'.repeat(250)}${index}`), s: `${user}` })
const inClaims: ShortRule = { show: ['id'], when: { words: { $in: '${user.l}' } } }
const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`)
/** 10...01 of 1,024 bytes and less. */
const gaps = Array.from({ length: 900 }, (_, index) =>
  Buffer.from(((10n ** 2000n + BigInt(index)) * 10n ** 3n + 1n).toString(16).padStart(1664, '0'), 'hex'),
)

const kinds: Readonly<Record<string, readonly [rules: ShortRule[], data: object, users: number, shown: boolean]>> = {
  'long lists of claims, and more values than are compared': [[inClaims], { words: repeated('w', 2) }, 8, false],
  'long lists of claims, and as many values as are compared': [[inClaims], { words: words(10_000) }, 200, false],
  'one claim each, asked for what is not theirs': [
    [{ show: ['id'], when: { words: { $ne: '${user.s}' } } }],
    { words: words(10_000) },
    2_000,
    true,
  ],
  'a short number against decimals of a huge scale': [
    [{ show: ['id'], when: { prices: '5' } }],
    { prices: repeated(Buffer.from([5]), 2) },
    8,
    false,
  ],
  'claims against long decimals': [
    [
      { show: ['id'], when: { few: { $in: '${user.l}' } } },
      { show: ['id'], when: { few: '${user.s}' } },
    ],
    { few: gaps },
    20,
    false,
  ],
  'orders of decimals': [
    [{ show: ['id'], when: { prices: { $gt: '${user.s}', $lt: '-1' } } }],
    { prices: words(10_000).map(() => Buffer.from([1])) },
    50,
    false,
  ],
  'nested lists': [
    [{ show: ['id'], when: { parts: { $elemMatch: { tags: { $elemMatch: { $in: words(1_000) } } } } } }],
    { parts: words(1_000).map(() => ({ tags: words(10).map((word) => `x${word}`) })) },
    50,
    false,
  ],
  'many operands': [
    [{ show: ['id'], when: { $or: words(200).map((word) => ({ words: { $all: [word, '!'] } })) } }],
    { words: words(10_000) },
    8,
    false,
  ],
  'long texts': [
    [{ show: ['id'], when: { words: { $in: '${user.l}' } } }],
    { words: words(9).map((word) => word + 'x'.repeat(100_000)) },
    200,
    false,
  ],
}

for (const [name, [rules, data, users, expected]] of Object.entries(kinds)) {
  test(`one record does not hold up everybody: ${name}`, async (t) => {
    const [shown, cpuMs] = judge(rules, eventOf(data), users, name.includes('decimals') ? numbers : claims(700))
    t.ok(shown.every((one) => one === expected))
    t.ok(cpuMs < cpuMsMax, `${Math.round(cpuMs)} ms of CPU`)
    t.comment(`${Math.round(cpuMs)} ms of CPU`)
  })
}
