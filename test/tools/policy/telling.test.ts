import { test } from 'tap'
import { parsePolicy } from '#policy/role-policy.js'
import { PolicyReading } from '#tools/policy/policy-reading.js'
import { tellingOf } from '#tools/policy/telling.js'
import { AuthorizedStream } from '../../support/gateway/authorized-stream.js'
import { fc } from '../../support/running/seeded-properties.js'
import { unavailable } from '../../support/values/arbitrary-entity.js'
import { world, type World } from '../../support/values/arbitrary-world.js'

const operations = fc.array(fc.constantFrom('update' as const, 'update' as const, 'delete' as const), { minLength: 5, maxLength: 5 })

test('what a user is told of a change is what the gateway sends for it, whatever the policy, the user and the two versions', (t) => {
  const met = new Map<string, number>()
  fc.assert(
    fc.property(world, operations, ({ events, policy, users, isConnected }: World, kinds) => {
      const text = JSON.stringify(policy)
      const stream = new AuthorizedStream(parsePolicy(text), users, isConnected ? unavailable : undefined)
      const reading = new PolicyReading({ file: 'policy.json', text })
      const versions = events.map(({ type, value }, nth) => stream.eventOf(type, value, nth === 0 ? 'update' : kinds[nth]))
      for (const [nth, version] of versions.entries()) {
        const last = versions[nth - 1]
        // What follows a delete is a case of its own, which has no data to be stated.
        if (last?.operation === 'delete') continue
        const frames = stream.framesFor(version, last === undefined ? [] : [last])
        for (const user of users) {
          const [before, after] = [last, version.operation === 'delete' ? undefined : version].map(
            (one) => one && reading.explain(user, one.data!),
          )
          const telling = tellingOf({ before, after })
          met.set(telling, (met.get(telling) ?? 0) + 1)
          const sent = frames.get(user)
          if (telling !== (sent?.operation ?? 'nothing')) throw new Error(`${telling} instead of ${JSON.stringify(sent)}`)
          if (sent !== undefined && sent.data !== (after?.sent ?? '{}')) throw new Error(`${after?.sent ?? '{}'} instead of ${sent.data}`)
        }
      }
    }),
    { numRuns: 300, includeErrorInReport: true },
  )
  t.ok(met.size === 4 && [...met.values()].every((times) => times > 20), JSON.stringify([...met]))
  t.end()
})
