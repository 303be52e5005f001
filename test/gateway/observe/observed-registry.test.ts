import { test } from 'tap'
import { ObservedRegistry } from '#gateway/observe/observed-registry.js'
import { RegistryError, type VersionedRegistry } from '#registry/schema-registry.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

test('knows from each answer whether the registry is there, and since when it was not heard of', async (t) => {
  const clock = new SimulatedClock()
  let failure: Error | undefined
  const answer = () => (failure === undefined ? Promise.resolve([]) : Promise.reject(failure))
  const observed = new ObservedRegistry(
    {
      schemaById: answer,
      latestOf: answer,
      subjects: answer,
      firstOf: answer,
      versionsOf: answer,
      versionOf: answer,
    } as unknown as VersionedRegistry,
    clock,
  )
  t.same([observed.isUp(), observed.ageMs()], [false, undefined])
  const questions: (() => Promise<unknown>)[] = [
    () => observed.schemaById(1),
    () => observed.latestOf('order-value'),
    () => observed.subjects(),
  ]
  for (const ask of questions) {
    failure = undefined
    t.same(await ask(), [])
    t.same([observed.isUp(), observed.ageMs()], [true, 0])
    await clock.advance(500)
    failure = new RegistryError('unavailable', 'away')
    await t.rejects(ask(), failure)
    t.same([observed.isUp(), observed.ageMs()], [false, 500])
    failure = new RegistryError('not_found', 'it does not know it')
    await t.rejects(ask(), failure)
    t.same([observed.isUp(), observed.ageMs()], [true, 0], 'which is an answer as well')
  }
  t.same([observed.calls.requests, observed.calls.failures], [9, 3])
})
