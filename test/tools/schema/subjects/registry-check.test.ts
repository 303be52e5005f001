import { test, type Test } from 'tap'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import type { CompatibilityLevel } from '#tools/schema/compare/compatibility.js'
import { eventSchemaOf } from '#schema/subjects/event-schema.js'
import { inlinedSchemaOf } from '#schema/subjects/inlined-schema.js'
import { registerSubjects } from '#schema/subjects/registration.js'
import { checkAgainstRegistry } from '#tools/schema/subjects/registry-check.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'
import { ownRegistry, skipOwnParts } from '../../../support/real-parts/real-parts.js'
import { registerSchema, setLevel } from '../../../support/schemas/registry-subjects.js'
import { TicketFolder } from '../../../support/schemas/ticket-folder.js'

const count = { name: 'count', type: 'int', doc: 'How many.' }

class Team {
  readonly tickets: TicketFolder

  private constructor(
    t: Test,
    readonly url: string,
    private readonly registry: ConfluentSubjects,
  ) {
    this.tickets = new TicketFolder(t)
  }

  static async at(url: string, t: Test): Promise<Team> {
    return new Team(t, url, await ConfluentSubjects.create({ url, timeoutMs: 10_000 }))
  }

  /** With all in them, so that the registry itself can compare. */
  private plans() {
    return plannedSubjects(readSchemaFolder(this.tickets.folder), { inline: true })
  }

  register(): Promise<void> {
    return registerSubjects(this.registry, this.plans(), { dryRun: false, note: () => undefined })
  }

  /** Rules and sentences, with `ticket` for the name that nobody else has. */
  async found(level?: CompatibilityLevel, versionsMax = 100): Promise<string[]> {
    const findings = await checkAgainstRegistry(this.registry, this.plans(), { level, versionsMax })
    return findings.map(({ rule, what }) => `${rule.replace('schema/', '')} ${what}`.replaceAll(this.tickets.entityType, 'ticket'))
  }
}

const topics = ['create', 'update', 'delete']
const subjectsOf = ({ entityType }: TicketFolder) => topics.map((topic) => `${entityType}.${topic}-value`)

// On a registry of its own, as the global level holds for the subjects of all tests.
test('asks a real registry, and shows where its verdict is another', { skip: skipOwnParts }, async (t) => {
  const registry = await ownRegistry()
  t.teardown(() => registry.stop())
  const { url } = registry

  await t.test('finds what the registry refuses although the entity is compatible: an envelope made by hand', async (t) => {
    const team = await Team.at(url, t)
    const [entity] = readSchemaFolder(team.tickets.folder)
    const event = eventSchemaOf(inlinedSchemaOf(entity!))
    const fields = (event['fields'] as readonly { name: string }[]).map((field) =>
      field.name === 'timestamp' ? { ...field, type: 'string' } : field,
    )
    for (const subject of subjectsOf(team.tickets)) {
      await registerSchema(team.url, subject, { ...event, fields })
      await setLevel(team.url, subject, 'BACKWARD')
    }
    t.same(
      await team.found(),
      topics.map((topic) => `registry-refuses The registry says that ticket.${topic}-value version 1 is not compatible.`),
    )
    await t.rejects(team.register(), { name: 'RegistryError', kind: 'refused' }, 'it does refuse it')
  })

  await t.test('says that going back to a former version leaves the newest as it is', async (t) => {
    const team = await Team.at(url, t)
    await team.register()
    team.tickets.writeAs({ streamable: false })
    await team.register()
    team.tickets.write()
    const former = topics.map((topic) => `older-version It is version 1 of ticket.${topic}-value, whose newest is version 2.`)
    t.same(await team.found('BACKWARD'), former)
    team.tickets.writeAs({ doc: 'A question again.' })
    t.same(await team.found('BACKWARD'), [], 'that is a version of its own')
    await team.register()
    t.same(await team.found('BACKWARD'), [])
  })

  await t.test('does not call a subject missing that holds another shape', async (t) => {
    const team = await Team.at(url, t)
    await team.register()
    const [, update] = subjectsOf(team.tickets)
    await registerSchema(team.url, update!, { type: 'record', name: 'Other', fields: [count] })
    t.same(await team.found('BACKWARD'), [
      'other-shape ticket.update-value version 2 is no event around an entity.',
      'older-version It is version 1 of ticket.update-value, whose newest is version 2.',
    ])
  })

  await t.test('says where there are more versions than it compares', async (t) => {
    const team = await Team.at(url, t)
    for (const name of ['one', 'two', 'three']) {
      team.tickets.write({ ...count, name, default: 0 })
      await team.register()
    }
    const cut = topics.map((topic) => `history-cut Only the newest 2 versions of ticket.${topic}-value were compared.`)
    t.same(await team.found('FULL_TRANSITIVE', 2), cut)
    t.same(await team.found('FULL_TRANSITIVE', 3), [])
    t.same(await team.found('FULL', 2), [], 'that level asks for one alone')
  })

  await t.test('finds what the registry takes and readers cannot read', async (t) => {
    const team = await Team.at(url, t)
    await team.register()
    for (const subject of subjectsOf(team.tickets)) await setLevel(team.url, subject, 'NONE')
    team.tickets.write(count)
    const [broken, ...others] = await team.found('BACKWARD')
    t.match(broken, /^backward-incompatible "ticket\.count" is added \(int\), without a default \(against .* version 1\)\.$/)
    t.same(
      others,
      topics.map((topic) => `verdicts-differ The registry says that ticket.${topic}-value version 1 is compatible.`),
    )
    const unprotected = topics.map((topic) => `ticket.${topic}-value`).join(', ')
    t.same(await team.found(), [`level-none The level is NONE of ${unprotected}.`], 'nothing else, as that level asks for nothing')
    await team.register()
  })

  await t.test('takes the global level where the registry answers NONE for a subject, and is right', async (t) => {
    const team = await Team.at(url, t)
    team.tickets.write(count)
    await team.register()
    team.tickets.write()
    await team.register()
    await setLevel(team.url, undefined, 'BACKWARD_TRANSITIVE')
    t.teardown(() => setLevel(team.url, undefined, 'NONE'))
    // A reader with it can read version 2, and not version 1.
    team.tickets.write({ ...count, type: 'string', default: '' })
    const found = await team.found()
    t.match(found, [
      /^backward-incompatible "ticket\.count" has another type: int before, string now \(against (ticket\.\w+-value version 1(, )?){3}\)\.$/,
      ...topics.map(
        (topic) =>
          `level-unclear The level of ticket.${topic}-value is NONE, as the registry says, and the global one is BACKWARD_TRANSITIVE.`,
      ),
    ])
    await t.rejects(team.register(), { name: 'RegistryError', kind: 'refused' }, 'it does refuse it')
    t.same(await team.found('NONE'), [], 'a level that is given is clear')
  })
})
