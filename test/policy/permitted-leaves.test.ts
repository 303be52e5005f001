import { fc } from '../support/running/seeded-properties.js'
import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { AuthorizedStream } from '../support/gateway/authorized-stream.js'
import { unavailable } from '../support/values/arbitrary-entity.js'
import { world } from '../support/values/arbitrary-world.js'
import { permitted } from '../support/values/casl-oracle.js'
import { toText } from '../support/values/entity-model.js'

function equal(actual: string | undefined, expected: string | undefined): void {
  if (actual !== expected) throw new Error(`the frame holds ${String(actual)}, plain CASL permits ${String(expected)}`)
}

/** Another seed: `FAST_CHECK_SEED=7`. The one that stands here makes every run the same. */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? 500)

test('shows each user exactly the leaves that plain CASL permits, with the rules that can be decided', (t) => {
  const seen = { frames: 0, hidden: 0, decided: 0, undecided: 0, alike: 0 }
  fc.assert(
    fc.property(world, ({ events, policy, users, isConnected }) => {
      const placeholder = isConnected ? unavailable : undefined
      const stream = new AuthorizedStream(parsePolicy(JSON.stringify(policy)), users, placeholder)
      for (const event of events) {
        const { type, value } = event
        const frames = stream.framesFor(stream.eventOf(type, value), undefined, event.away)
        for (const [number, user] of users.entries()) {
          const permission = permitted(policy, user, 'thing', type, value, placeholder)
          const text = toText(type, value, event.away.includes(number) ? [] : permission.leaves, '', placeholder)
          // Nothing is sent where what is permitted has no place in the event.
          const expected = text === '{}' ? undefined : text
          seen[expected === undefined ? 'hidden' : 'frames']++
          seen.decided += permission.decided
          seen.undecided += permission.undecided
          equal(frames.get(user)?.data, expected)
        }
      }
      seen.alike += stream.seen.alike
    }),
    { seed, numRuns, includeErrorInReport: true },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.frames > numRuns && seen.hidden > numRuns / 2, 'both outcomes are met often')
  t.ok(seen.decided > 5 * numRuns && seen.undecided > numRuns, 'many conditions are decided, and many are not')
  t.ok(seen.alike > numRuns / 2, 'many are judged by one of them')
  t.end()
})
