import { test, type Test } from 'tap'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { goneEntitiesOf } from '#tools/schema/subjects/gone-entities.js'
import { registerSubjects } from '#schema/subjects/registration.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'
import { realParts, skipRealParts } from '../../../support/real-parts/real-parts.js'
import { TicketFolder } from '../../../support/schemas/ticket-folder.js'

/** Registers an entity with its events, and finds what is gone of the team that has another one in the same namespace. */
async function goneAfter(t: Test, { inline, streamable = true }: { inline: boolean; streamable?: boolean }) {
  const registry = await ConfluentSubjects.create({ url: (await realParts()).registryUrl, timeoutMs: 10_000 })
  const plansOf = ({ folder }: TicketFolder) => plannedSubjects(readSchemaFolder(folder), { inline })
  const old = new TicketFolder(t)
  old.writeAs({ streamable })
  const itself = plansOf(old)
  await registerSubjects(registry, itself, { dryRun: false, note: () => undefined })
  // A test has one folder, which each of them begins anew.
  const now = new TicketFolder(t, old.namespace)
  const gone = await goneEntitiesOf(registry, plansOf(now))
  const others = plansOf(new TicketFolder(t))
  return { old, now, gone, ofOthers: await goneEntitiesOf(registry, others), again: await goneEntitiesOf(registry, itself) }
}

for (const inline of [true, false]) {
  test(
    `finds an entity of the same namespace of which a real registry has the events, ${inline ? 'inlined' : 'with references'}`,
    {
      skip: skipRealParts,
    },
    async (t) => {
      const { old, now, gone, ofOthers, again } = await goneAfter(t, { inline })
      t.match(gone, [{ entityType: old.entityType, file: `${now.folder}/${old.entityType}.avsc` }])
      t.equal(gone.length, 1)
      t.same([ofOthers, again], [[], []], 'of another namespace, and of what is there')
    },
  )
}

test('leaves alone what a real registry has of no streamable entity', { skip: skipRealParts }, async (t) => {
  t.same((await goneAfter(t, { inline: true, streamable: false })).gone, [])
})
