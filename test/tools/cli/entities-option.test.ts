import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { FakeTerminal } from '../../support/tools/fake-terminal.js'
import { realParts, skipRealParts } from '../../support/real-parts/real-parts.js'
import { setLevel } from '../../support/schemas/registry-subjects.js'
import { TicketFolder } from '../../support/schemas/ticket-folder.js'

async function sluice(registryUrl: string | undefined, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['schema', ...args], [schemaCommand({ registryUrl })], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

/** An `ENTITIES` file beside the schemas. */
function entitiesFile(folder: string, entities: object): string {
  const file = `${folder}/entities.json`
  writeFileSync(file, JSON.stringify(entities))
  return file
}

const count = { name: 'count', type: 'int', doc: 'How many.' }

for (const inline of [[], ['--inline']]) {
  test(`what stands on a single topic is registered and checked under that ${inline.join('')}`, { skip: skipRealParts }, async (t) => {
    const { registryUrl } = await realParts()
    const tickets = new TicketFolder(t)
    const { folder, entityType, subjects } = tickets
    const topic = `help.${entityType}`
    const named = ['--entities', entitiesFile(folder, { [entityType]: { layout: 'single-topic', topic } }), ...inline]
    const expected = [...(inline.length === 0 ? subjects.slice(0, 2) : []), `${topic}-value`]
    const { out, code } = await sluice(registryUrl, 'register', folder, ...named, '--dry-run')
    t.same({ out, code }, { out: expected.map((subject) => `to register  ${subject}\n`).join(''), code: 0 })
    t.equal((await sluice(registryUrl, 'register', folder, ...named)).code, 0)
    await setLevel(registryUrl, `${topic}-value`, 'BACKWARD')
    tickets.write(count)
    const checked = await sluice(registryUrl, 'check', folder, '--against', 'registry', ...named)
    t.match(checked, { code: 1, out: new RegExp(`against ${topic}-value version 1`) })
    const registry = await ConfluentSubjects.create({ url: registryUrl, timeoutMs: 5000 })
    t.same(await registry.versionsOf(`${entityType}.update-value`), [], 'nothing is registered for topics that are not there')
  })

  test(`bare entities are registered as they are, and compared as such ${inline.join('')}`, { skip: skipRealParts }, async (t) => {
    const { registryUrl } = await realParts()
    const tickets = new TicketFolder(t)
    const { folder, entityType } = tickets
    writeFileSync(`${folder}/${entityType}.avsc`, JSON.stringify({ ...tickets.entity(), streamable: undefined }))
    const named = ['--entities', entitiesFile(folder, { [entityType]: { envelope: 'none', id_field: 'id', streamable: true } }), ...inline]
    t.match(await sluice(registryUrl, 'register', folder, ...named), { code: 0, err: '' })
    const registry = await ConfluentSubjects.create({ url: registryUrl, timeoutMs: 5000 })
    const { schema } = await registry.schemaOf(`${entityType}.delete-value`, 1)
    t.match(JSON.parse(schema), { name: tickets.entity()['name'], fields: [{ name: 'id' }, { name: 'place' }] })
    for (const operation of ['create', 'update', 'delete']) await setLevel(registryUrl, `${entityType}.${operation}-value`, 'BACKWARD')
    const check = ['check', folder, '--against', 'registry', ...named]
    t.match(await sluice(registryUrl, ...check), { code: 0 }, 'nothing has changed')

    const cost = { name: 'cost', type: 'int', default: 0, doc: 'In cents.', 'confluent:tags': ['INTERNAL'] }
    writeFileSync(`${folder}/${entityType}.avsc`, JSON.stringify({ ...tickets.entity(cost, count), streamable: undefined }))
    const policy = `${folder}/policy.json`
    writeFileSync(policy, JSON.stringify({ roles: { support: [{ action: 'read', subject: entityType, fields: ['**'] }] } }))
    const { code, out } = await sluice(registryUrl, ...check, '--policy', policy)
    t.equal(code, 1)
    t.match(out, `"${entityType}.count" is added (int), without a default (against ${entityType}.`)
    t.match(out, `"support" would see ${entityType}.cost (INTERNAL) always, and saw it never.`)
    t.notMatch(out, `would see ${entityType}.id`, 'what was registered is what it saw')
  })
}

test('schemas that Debezium registers itself are neither registered nor compared, which is said', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const { folder, entityType } = new TicketFolder(t)
  const named = ['--entities', entitiesFile(folder, { [entityType]: { layout: 'single-topic', envelope: 'debezium', streamable: true } })]
  const err = `${folder}/${entityType}.avsc is left out: Debezium registers the schemas of its topics itself.\n`
  t.same(await sluice(registryUrl, 'register', folder, ...named), { code: 0, out: '', err })
  t.same(await sluice(registryUrl, 'check', folder, '--against', 'registry', ...named), { code: 0, out: 'Nothing was found.\n', err })
})

test('schema lint asks nothing of a schema that ENTITIES says already', async (t) => {
  const { folder, entityType } = new TicketFolder(t)
  const file = `${folder}/${entityType}.avsc`
  writeFileSync(file, readFileSync(file, 'utf8').replace('"streamable":true,', '').replace('"name":"id"', '"name":"number"'))
  const lint = (entity: object) => sluice(undefined, 'lint', folder, '--entities', entitiesFile(folder, { [entityType]: entity }))
  const keyed = await lint({ envelope: 'none' })
  t.match(keyed, { code: 1, out: /streamable-missing/ })
  t.notMatch(keyed, { out: /has no field/ }, 'its id is that of its key')
  t.same(await lint({ envelope: 'none', id_field: 'number', streamable: true }), { code: 0, out: 'Nothing was found.\n', err: '' })
  t.match(await lint({ envelope: 'none', id_field: 'key', streamable: true }), { out: /has no field "key", from which its id is taken\./ })
})

test('a file of entities that cannot be used leaves with 78, and a list that is none with 64', async (t) => {
  const { folder } = new TicketFolder(t)
  t.match(await sluice('http://127.0.0.1:1', 'register', folder, '--entities', 'gone.json'), { code: 78, err: /gone\.json cannot be read/ })
  t.match(await sluice('http://127.0.0.1:1', 'register', folder, '--entities', '1st'), { code: 64, err: /ENTITIES names the entity "1st"/ })
})
