import type { RequestListener } from 'node:http'
import { test, type Test } from 'tap'
import { ConfluentRegistry } from '#registry/confluent-registry.js'
import { answering, served } from '../support/schemas/fake-registry.js'
import { uniqueName } from '../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../support/real-parts/real-parts.js'
import { registerSchema } from '../support/schemas/registry-subjects.js'

const timeoutMs = 5000

const order = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'string' }] }

/** A registry that answers as the test wants. */
async function registryThat(
  t: Test,
  listener: RequestListener,
  options: { user?: string; password?: string | (() => string); timeoutMs?: number } = {},
  path = '',
) {
  const url = `${await served(t, listener)}/api${path}`
  return await ConfluentRegistry.create({ url, timeoutMs, ...options })
}

void test('gets a schema by its id and the newest one of a subject from a real registry', { skip: skipRealParts }, async (t) => {
  const { registryUrl: url } = await realParts()
  const subject = `${uniqueName('order')}-value`
  const first = await registerSchema(url, subject, order)
  const second = await registerSchema(url, subject, { ...order, doc: 'newer' })
  const registry = await ConfluentRegistry.create({ url, timeoutMs })
  const byId = await registry.schemaById(first)
  t.same({ ...byId, schema: JSON.parse(byId.schema) as unknown }, { id: first, schema: order, references: [] })
  t.equal((await registry.latestOf(subject)).id, second)
  await registerSchema(url, subject, { ...order, doc: 'newest' })
  t.match((await registry.latestOf(subject)).schema, /newest/, 'the newest is asked for each time')
})

void test('tells of the versions of a subject from the first one on, from a real registry', { skip: skipRealParts }, async (t) => {
  const { registryUrl: url } = await realParts()
  const subject = `${uniqueName('order')}-value`
  const registered = [await registerSchema(url, subject, order), await registerSchema(url, subject, { ...order, doc: 'second' })]
  const registry = await ConfluentRegistry.create({ url, timeoutMs })
  t.same(await registry.versionsOf(subject), [2, 1])
  t.equal((await registry.firstOf(subject)).id, registered[0])
  t.equal((await registry.versionOf(subject, 2)).id, registered[1])
  const unknown = { name: 'RegistryError', kind: 'not_found' }
  await t.rejects(registry.versionsOf(uniqueName('nobody')), unknown)
  await t.rejects(registry.firstOf(uniqueName('nobody')), unknown)
  await t.rejects(registry.versionOf(subject, 9), unknown)
})

/** Paths, without the root of the API, and what is answered to them; the rest is not found. */
function answeringPaths(answers: Readonly<Record<string, object>>, asked: string[] = []): RequestListener {
  return (request, response) => {
    const path = request.url!.replace(/^\/api\//, '')
    asked.push(path)
    const answer = answers[path]
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { error_code: 40402, message: 'Version not found.' }))
  }
}

void test('the first version is the very first, also where it was deleted; where it is gone for good, the oldest that is left', async (t) => {
  const version = (id: number) => ({ id, version: id, schema: '"string"' })
  const [first, second] = ['subjects/o-value/versions/1?deleted=true', 'subjects/o-value/versions/2?deleted=true']
  const versions = { 'subjects/o-value/versions': [2, 3] }
  t.match(await (await registryThat(t, answeringPaths({ [first]: version(1), ...versions }))).firstOf('o-value'), { id: 1 })
  t.match(await (await registryThat(t, answeringPaths({ [second]: version(2), ...versions }))).firstOf('o-value'), { id: 2 })
  const empty = await registryThat(t, answeringPaths({ 'subjects/o-value/versions': [] }))
  await t.rejects(empty.firstOf('o-value'), { name: 'RegistryError', kind: 'not_found' })
  const broken = await registryThat(t, answeringPaths({ 'subjects/o-value/versions': ['1'] }))
  await t.rejects(broken.firstOf('o-value'), { name: 'RegistryError', kind: 'unavailable' })
  const away = await registryThat(t, answering(503, ''))
  await t.rejects(away.firstOf('o-value'), { name: 'RegistryError', kind: 'unavailable' })
})

void test('an answer of another context is none to what was asked for', async (t) => {
  const asked = 'order-value'
  const answerOf = (subject: unknown) => ({ id: 7, version: 1, schema: '"string"', subject })
  const registryAnswering = (subject: unknown, path = '') => registryThat(t, answering(200, JSON.stringify(answerOf(subject))), {}, path)
  for (const own of [undefined, null, asked, ':.:order-value', 'alias-of-it', ':odd', '.order-value']) {
    const registry = await registryAnswering(own)
    t.match(await registry.schemaById(7), { id: 7 }, String(own))
    t.match(await registry.latestOf(asked), { id: 7 }, String(own))
  }
  for (const other of [':.prod:order-value', ':.prod:', ':..:order-value', ':.Prod:order-value']) {
    const registry = await registryAnswering(other)
    const calls = [() => registry.schemaById(7), () => registry.latestOf(asked), () => registry.versionOf(asked, 1)]
    for (const call of calls) await t.rejects(call(), { name: 'RegistryError', kind: 'not_found' }, other)
  }
  for (const path of ['/contexts/.prod', '/contexts/:.prod:', '/contexts/prod/', '/contexts/%3A.prod%3A']) {
    t.match(await (await registryAnswering(':.prod:order-value', path)).latestOf(asked), { id: 7 }, path)
    await t.rejects(
      (await registryAnswering(':.test:order-value', path)).latestOf(asked),
      { name: 'RegistryError', kind: 'not_found' },
      path,
    )
  }
  await t.rejects((await registryAnswering(7)).latestOf(asked), { name: 'RegistryError', kind: 'unavailable' })
  const idOfContext = await registryThat(t, answering(200, JSON.stringify({ ...answerOf(asked), id: ':.prod:7' })))
  await t.rejects(idOfContext.latestOf(asked), { name: 'RegistryError', kind: 'unavailable' })
})

void test('an answer about another id is not believed', async (t) => {
  const registry = await registryThat(t, answering(200, '{"id":8,"schema":"\\"string\\""}'))
  await t.rejects(registry.schemaById(7), { kind: 'unavailable', message: 'schema 7: the answer is about schema 8' })
  t.match(await registry.schemaById(8), { id: 8 })
})

void test('what is referenced is of the context that the reference names', async (t) => {
  const referencing = (subject: string) => ({
    ...{ id: 7, version: 1, schema: '"shop.Address"', subject: 'order-value' },
    references: [{ name: 'shop.Address', subject, version: 1 }],
  })
  const answered = (subject: string, itsSubject: string) => {
    const path = `subjects/${encodeURIComponent(subject)}/versions/1?deleted=true`
    const address = { id: 8, version: 1, schema: '"string"', subject: itsSubject }
    return registryThat(t, answeringPaths({ 'subjects/order-value/versions/latest': referencing(subject), [path]: address }))
  }
  t.match(await (await answered('address', 'address')).latestOf('order-value'), { references: ['"string"'] })
  t.match(await (await answered(':.shared:address', ':.shared:address')).latestOf('order-value'), { references: ['"string"'] })
  for (const [named, answers] of [
    ['address', ':.shared:address'],
    [':.shared:address', ':.other:address'],
  ] as const)
    await t.rejects(
      (await answered(named, answers)).latestOf('order-value'),
      { name: 'RegistryError', kind: 'invalid' },
      `${named}, ${answers}`,
    )
})

void test('a real registry does not know an id or a subject', { skip: skipRealParts }, async (t) => {
  const registry = await ConfluentRegistry.create({ url: (await realParts()).registryUrl, timeoutMs })
  await t.rejects(registry.schemaById(2_000_000_000), { name: 'RegistryError', kind: 'not_found' })
  await t.rejects(registry.latestOf(uniqueName('nobody')), { name: 'RegistryError', kind: 'not_found' })
})

void test('brings what a schema references, each after what it needs itself, from a real registry', { skip: skipRealParts }, async (t) => {
  const { registryUrl: url } = await realParts()
  const [country, address, customer] = ['country', 'address', 'customer'].map(uniqueName) as [string, string, string]
  const record = (name: string, ...types: string[]) => ({
    type: 'record',
    name,
    namespace: 'shop',
    fields: types.map((type, i) => ({ name: `f${i}`, type })),
  })
  await registerSchema(url, country, record('Country', 'string'))
  const toCountry = { name: 'shop.Country', subject: country, version: 1 }
  await registerSchema(url, address, record('Address', 'shop.Country'), [toCountry])
  const toAddress = { name: 'shop.Address', subject: address, version: 1 }
  const id = await registerSchema(url, customer, record('Customer', 'shop.Address', 'shop.Country'), [toAddress, toCountry])
  const registry = await ConfluentRegistry.create({ url, timeoutMs })
  for (const found of [await registry.schemaById(id), await registry.latestOf(customer)]) {
    t.same(
      found.references.map((schema) => (JSON.parse(schema) as { name: string }).name),
      ['Country', 'Address'],
    )
  }
})

const failures = [
  { answer: [404, '{"error_code":40403,"message":"Schema not found"}'], kind: 'not_found' },
  { answer: [404, '{"error_code":40401,"message":"Subject not found"}'], kind: 'not_found' },
  { answer: [404, '{"error_code":40402,"message":"Version not found"}'], kind: 'not_found' },
  { answer: [404, 'nothing here'], kind: 'unavailable' },
  { answer: [404, '<html>'], kind: 'unavailable' },
  { answer: [404, '{"error_code":404,"message":"HTTP 404 Not Found"}'], kind: 'unavailable' },
  { answer: [404, '{"error_code":"40403","message":"of something else"}'], kind: 'unavailable' },
  { answer: [404, '{"error_code":40403'], kind: 'unavailable' },
  { answer: [200, '{"error_code":40403,"message":"Schema not found"}'], kind: 'unavailable' },
  { answer: [500, '{"error_code":40403,"message":"Schema not found"}'], kind: 'unavailable' },
  { answer: [304, ''], kind: 'unavailable' },
  { answer: [302, ''], kind: 'unavailable' },
  { answer: [400, '{"error_code":400,"message":"bad"}'], kind: 'unavailable' },
  { answer: [409, '{"error_code":409,"message":"no"}'], kind: 'unavailable' },
  { answer: [410, ''], kind: 'unavailable' },
  { answer: [421, ''], kind: 'unavailable' },
  { answer: [401, '{"error_code":401,"message":"Unauthorized"}'], kind: 'unavailable' },
  { answer: [403, ''], kind: 'unavailable' },
  { answer: [429, ''], kind: 'unavailable' },
  { answer: [500, '{"error_code":50001,"message":"backend"}'], kind: 'unavailable' },
  { answer: [503, '<html>'], kind: 'unavailable' },
  { answer: [422, '{"error_code":42201,"message":"no"}'], kind: 'unavailable' },
  { answer: [200, ''], kind: 'unavailable' },
  { answer: [200, '{"schema":"\\"str'], kind: 'unavailable' },
  { answer: [200, '{}'], kind: 'unavailable' },
  { answer: [200, '[]'], kind: 'unavailable' },
  { answer: [200, '<html>welcome</html>'], kind: 'unavailable' },
  { answer: [200, '{"schema":"<html>"}'], kind: 'invalid' },
  { answer: [200, '{"schema":{"type":"string"}}'], kind: 'unavailable' },
  { answer: [200, '{"schema":"42"}'], kind: 'invalid' },
  { answer: [200, '{"schema":"null"}'], kind: 'invalid' },
  { answer: [200, '{"schemaType":"PROTOBUF","schema":"\\"string\\""}'], kind: 'invalid' },
  { answer: [200, '{"schema":"\\"string\\"","references":7}'], kind: 'unavailable' },
  { answer: [200, '{"schema":"\\"string\\"","references":[null]}'], kind: 'unavailable' },
  { answer: [200, 'null'], kind: 'unavailable' },
  { answer: [200, `<html>${'x'.repeat(5_000_000)}`], kind: 'unavailable' },
  { answer: [200, JSON.stringify({ schema: `"${'x'.repeat(5_000_000)}"` })], kind: 'invalid' },
] as const

for (const { answer, kind } of failures) {
  void test(`an answer ${answer[0]} ${answer[1].slice(0, 50)} is ${kind}`, async (t) => {
    const registry = await registryThat(t, answering(answer[0], answer[1]), { user: 'alice', password: 'not-to-be-seen' })
    const error = await t.rejects(registry.schemaById(7), { name: 'RegistryError', kind, message: /^schema 7: / })
    t.notMatch(JSON.stringify(error), 'not-to-be-seen')
    await t.rejects(registry.latestOf('order-value'), { kind, message: /^subject order-value: / })
  })
}

void test('tries once, at once: who asked tries again', async (t) => {
  let requests = 0
  const registry = await registryThat(t, (_, response) => {
    requests++
    response.writeHead(500).end()
  })
  await t.rejects(registry.schemaById(7))
  t.equal(requests, 1)
})

void test('logs in with user and password', async (t) => {
  let authorization: string | undefined
  const schema = '{"schema":"\\"string\\"","id":3}'
  const listener: RequestListener = (request, response) => {
    authorization = request.headers.authorization
    response.end(schema)
  }
  const registry = await registryThat(t, listener, { user: 'alice', password: 'wonder:land' })
  t.same(await registry.schemaById(3), { id: 3, schema: '"string"', references: [] })
  t.equal(authorization, `Basic ${Buffer.from('alice:wonder:land').toString('base64')}`)
  const passwords = ['first', 'second']
  const renewed = await registryThat(t, listener, { user: 'alice', password: () => passwords.shift()! })
  for (const password of ['first', 'second']) {
    await renewed.schemaById(3)
    t.equal(authorization, `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`, 'that of now, with each call')
  }
})

void test('gives up on a registry that never answers, or answers a byte at a time, and lets others be asked meanwhile', async (t) => {
  const listener: RequestListener = (request, response) => {
    if (request.url?.includes('/7')) return
    if (request.url?.includes('/9')) {
      response.end('{"schema":"\\"string\\""}')
      return
    }
    response.writeHead(200)
    const drip = setInterval(() => response.write(' '), 20)
    response.once('close', () => clearInterval(drip))
  }
  const registry = await registryThat(t, listener, { timeoutMs: 300 })
  const begun = Date.now()
  const never = registry.schemaById(7)
  const slowly = registry.schemaById(8)
  t.equal((await registry.schemaById(9)).schema, '"string"')
  t.ok(Date.now() - begun < 250, 'one that hangs stops no other')
  for (const call of [never, slowly]) await t.rejects(call, { kind: 'unavailable', message: /no answer within 300 ms/ })
  t.ok(Date.now() - begun < 2000)
})

void test('a registry that is not there is unavailable', async (t) => {
  const registry = await ConfluentRegistry.create({ url: 'http://127.0.0.1:1', timeoutMs })
  await t.rejects(registry.schemaById(7), { kind: 'unavailable', message: 'schema 7: ECONNREFUSED' })
})

void test('schemas that reference each other in a circle are invalid', async (t) => {
  const circle = { id: 1, schema: '"string"', references: [{ name: 'a', subject: 'a', version: 1 }] }
  const registry = await registryThat(t, answering(200, JSON.stringify(circle)))
  await t.rejects(registry.schemaById(1), { kind: 'invalid', message: /references itself/ })
})

void test('an id beyond those that a registry can have is unknown, whatever the registry says of the path', async (t) => {
  for (const status of [400, 404, 422]) {
    const registry = await registryThat(t, answering(status, '{"error_code":0,"message":"Unable to extract parameter"}'))
    await t.rejects(registry.schemaById(0x80000000), { name: 'RegistryError', kind: 'not_found' })
    await t.rejects(registry.schemaById(0x7fffffff), { name: 'RegistryError', kind: 'unavailable' })
  }
})

void test('a real registry does not know ids beyond its own numbers', { skip: skipRealParts }, async (t) => {
  const registry = await ConfluentRegistry.create({ url: (await realParts()).registryUrl, timeoutMs })
  for (const id of [0x7fffffff, 0x80000000, 0xffffffff])
    await t.rejects(registry.schemaById(id), { name: 'RegistryError', kind: 'not_found' })
})

void test('an answer that is cut off is worth another try', async (t) => {
  const body = JSON.stringify({ schema: '"string"' })
  const registry = await registryThat(t, (_, response) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.slice(0, 9), () => response.destroy())
  })
  await t.rejects(registry.schemaById(7), { name: 'RegistryError', kind: 'unavailable' })
})

void test('a reference that the registry does not know makes the schema invalid, and not unknown', async (t) => {
  const registry = await registryThat(t, (request, response) => {
    const isReference = request.url!.includes('/subjects/')
    const answer = isReference
      ? '{"error_code":40402,"message":"no"}'
      : '{"schema":"\\"a\\"","references":[{"name":"a","subject":"a","version":3}]}'
    response.writeHead(isReference ? 404 : 200, { 'content-type': 'application/json' }).end(answer)
  })
  await t.rejects(registry.schemaById(7), { kind: 'invalid', message: /does not know its reference a, version 3/ })
})

void test('references are fetched up to a bound on the text of all together', async (t) => {
  let asked = 0
  const registry = await registryThat(t, (_, response) => {
    const references = Array.from({ length: 190 }, (_none, n) => ({ name: `r${n}`, subject: `r${n}`, version: 1 }))
    const schema = JSON.stringify({ type: 'record', name: `R${asked}`, doc: 'x'.repeat(300_000), fields: [] })
    response.end(JSON.stringify({ schema, ...(asked++ === 0 && { references }) }))
  })
  await t.rejects(registry.schemaById(7), { kind: 'invalid', message: /more than 1000000 characters/ })
  t.equal(asked, 4)
})

void test('brings the metadata of a schema and of its references', async (t) => {
  const registry = await registryThat(t, (request, response) => {
    const isReference = request.url!.includes('/subjects/a/')
    const tags = { [isReference ? '**.ssn' : 'name']: ['PII'] }
    const references = isReference ? [] : [{ name: 'a', subject: 'a', version: 1 }]
    response.end(JSON.stringify({ schema: '"string"', references, metadata: { tags } }))
  })
  t.same(await registry.schemaById(7), {
    id: 7,
    schema: '"string"',
    references: ['"string"'],
    origins: ['a, version 1'],
    metadata: { tags: { name: ['PII'] } },
    referencesMetadata: [{ tags: { '**.ssn': ['PII'] } }],
  })
})

test('finds a schema by its GUID, whose id nobody says', async (t) => {
  const asked: string[] = []
  const registry = await registryThat(t, (request, response) => {
    asked.push(request.url!)
    response.end(JSON.stringify({ schema: '"string"', guid: '7f3a1c52-0b6e-4d1c-9e77-2a5d0c9b4e10' }))
  })
  t.same(await registry.schemaByGuid('7f3a1c52-0b6e-4d1c-9e77-2a5d0c9b4e10'), { id: 0, schema: '"string"', references: [] })
  t.match(asked, [/\/schemas\/guids\/7f3a1c52-0b6e-4d1c-9e77-2a5d0c9b4e10(\?|$)/])
})

test('says what a schema is that is no Avro', async (t) => {
  const registry = await registryThat(t, (_request, response) => {
    response.end(JSON.stringify({ id: 1, schemaType: 'PROTOBUF', schema: 'syntax = "proto3"; message Order { string id = 1; }' }))
  })
  await t.rejects(registry.latestOf('shop.orders-value'), {
    kind: 'invalid',
    message: 'subject shop.orders-value: its schema is PROTOBUF, which is not read',
  })
})
