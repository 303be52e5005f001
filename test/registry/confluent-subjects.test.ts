import { test } from 'tap'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import type { SchemaDraft } from '#registry/schema-registry.js'
import { uniqueName } from '../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { served } from '../support/schemas/fake-registry.js'
import { setLevel } from '../support/schemas/registry-subjects.js'

const draft = (fields: readonly object[], references: SchemaDraft['references'] = []): SchemaDraft => ({
  schema: JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields }),
  references,
})
const id = { name: 'id', type: 'string' }

void test('registers, finds again and lists versions on a real registry', { skip: skipRealParts }, async (t) => {
  const subjects = await ConfluentSubjects.create({ url: (await realParts()).registryUrl, timeoutMs: 5000 })
  const subject = uniqueName('order')
  t.same(await subjects.versionsOf(subject), [])
  t.equal(await subjects.find(subject, draft([id])), undefined)
  const first = await subjects.register(subject, draft([id]))
  t.same(await subjects.register(subject, draft([id])), first, 'what is there is not registered again')
  t.same(await subjects.find(subject, draft([id])), first)
  const second = await subjects.register(subject, draft([id, { name: 'total', type: 'int', default: 0 }]))
  t.same(await subjects.versionsOf(subject), [second.version, first.version])
  t.match((await subjects.schemaOf(subject, second.version)).schema, /total/)
})

void test('registers what references a version of another subject on a real registry', { skip: skipRealParts }, async (t) => {
  const subjects = await ConfluentSubjects.create({ url: (await realParts()).registryUrl, timeoutMs: 5000 })
  const [part, subject] = [uniqueName('part'), uniqueName('order')]
  const schema = JSON.stringify({ type: 'record', name: 'Part', namespace: 'shop', fields: [id] })
  const { version } = await subjects.register(part, { schema, references: [] })
  const whole = draft([{ name: 'part', type: 'shop.Part' }], [{ name: 'shop.Part', subject: part, version }])
  const registered = await subjects.register(subject, whole)
  t.same(await subjects.find(subject, whole), registered)
  t.same(
    (await subjects.schemaOf(subject, registered.version)).references.map((text) => (JSON.parse(text) as { name: string }).name),
    ['Part'],
  )
})

void test('says levels, verdicts and refusals of a real registry', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const subjects = await ConfluentSubjects.create({ url: registryUrl, timeoutMs: 5000 })
  const subject = uniqueName('order')
  const { version } = await subjects.register(subject, draft([id]))
  await setLevel(registryUrl, subject, 'FULL_TRANSITIVE')
  t.match(await subjects.levelsOf(subject), { own: 'FULL_TRANSITIVE', global: String })
  const worse = draft([id, { name: 'total', type: 'int' }])
  t.equal(await subjects.isCompatible(subject, version, worse), false)
  t.equal(await subjects.isCompatible(subject, version, draft([id])), true)
  t.equal(await subjects.isCompatible(uniqueName('nobody'), 1, draft([id])), undefined)
  await t.rejects(subjects.register(subject, worse), {
    name: 'RegistryError',
    kind: 'refused',
    message: new RegExp(`^subject ${subject}: `),
  })
})

void test('a registry that is not there is unavailable', async (t) => {
  const subjects = await ConfluentSubjects.create({ url: 'http://127.0.0.1:1', timeoutMs: 1000 })
  await t.rejects(subjects.versionsOf('order'), { name: 'RegistryError', kind: 'unavailable' })
})

void test('an id of another context is not handed to those who write records', async (t) => {
  let subject = 'order'
  const url = await served(t, (_, response) => response.end(JSON.stringify({ id: 7, version: 1, schema: '"string"', subject })))
  const subjects = await ConfluentSubjects.create({ url, timeoutMs: 1000 })
  t.same(await subjects.find('order', draft([id])), { id: 7, version: 1 })
  subject = ':.test:order'
  t.equal(await subjects.find('order', draft([id])), undefined)
  await t.rejects(subjects.schemaOf('order', 1), { name: 'RegistryError', kind: 'not_found' })
})
