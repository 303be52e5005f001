import { test } from 'tap'
import { operations, type Operation } from '#entities.js'
import type { ChangeEvent } from '#gateway/decode/change-event.js'
import { parsePolicy } from '#policy/role-policy.js'
import { AuthorizedStream } from '../../support/gateway/authorized-stream.js'
import { fc } from '../../support/running/seeded-properties.js'
import { unavailable } from '../../support/values/arbitrary-entity.js'
import { world, type World } from '../../support/values/arbitrary-world.js'
import { permitted } from '../../support/values/casl-oracle.js'
import { toText } from '../../support/values/entity-model.js'

type Shown = 'no version' | 'nothing' | 'something'

/** The table of operations as the design has it, by what the subscriber saw before the event and sees of it. */
const told: Readonly<Record<Shown, Readonly<Record<'nothing' | 'something', 'none' | 'own' | 'create' | 'delete'>>>> = {
  nothing: { nothing: 'none', something: 'create' },
  'no version': { nothing: 'none', something: 'own' },
  something: { nothing: 'delete', something: 'own' },
}

/** How an event of the world stands in its log: what it says happened, and whether its schema is not streamable. */
const kinds = fc.array(
  fc.record({ operation: fc.constantFrom(...operations), hidden: fc.integer({ max: 9, min: 0 }).map((n) => n === 0) }),
  {
    minLength: 5,
    maxLength: 5,
  },
)
type Kind = { readonly operation: Operation; readonly hidden: boolean }

function versionOf(event: ChangeEvent, { hidden }: Kind): ChangeEvent {
  return hidden ? { ...event, hidden, data: null } : event
}

const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 300)

test('an event is told to each user as what happened to what plain CASL lets that user see', (t) => {
  const met = new Map<string, number>()
  fc.assert(
    fc.property(world, kinds, ({ events, policy, users, isConnected }: World, all) => {
      const placeholder = isConnected ? unavailable : undefined
      const stream = new AuthorizedStream(parsePolicy(JSON.stringify(policy)), users, placeholder)
      const versions = events.map(({ type, value }, nth) => versionOf(stream.eventOf(type, value, all[nth]!.operation), all[nth]!))
      const shown = (nth: number, user: World['users'][number]): string => {
        const [event, kind] = [events[nth]!, all[nth]!]
        if (kind.hidden || kind.operation === 'delete') return '{}'
        const { leaves } = permitted(policy, user, 'thing', event.type, event.value, placeholder)
        return toText(event.type, event.value, leaves, '', placeholder) ?? '{}'
      }
      for (const [nth, version] of versions.entries()) {
        const frames = stream.framesFor(version, versions.slice(0, nth).reverse())
        for (const user of users) {
          const before: Shown = nth === 0 ? 'no version' : shown(nth - 1, user) === '{}' ? 'nothing' : 'something'
          const data = shown(nth, user)
          const after = data === '{}' ? 'nothing' : 'something'
          const expected = told[before][after]
          met.set(`${before}, ${after}`, (met.get(`${before}, ${after}`) ?? 0) + 1)
          const operation = expected === 'own' ? version.operation : expected
          const actual = frames.get(user)
          if ((actual?.operation ?? 'none') !== operation || (actual !== undefined && actual.data !== data))
            throw new Error(`${before}, then ${after}: ${JSON.stringify(actual)} instead of ${operation} ${data}`)
        }
      }
    }),
    { seed, numRuns, includeErrorInReport: true },
  )
  t.comment(JSON.stringify([...met]))
  t.equal(met.size, 6)
  t.ok(
    [...met.values()].every((times) => times > numRuns / 10),
    'each case is met often',
    Object.fromEntries(met),
  )
  t.end()
})
