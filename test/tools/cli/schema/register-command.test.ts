import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { parseAvroSchema } from '#avro/avro-schema-parser.js'
import { ConfluentRegistry } from '#registry/confluent-registry.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'
import { realParts, skipRealParts } from '../../../support/real-parts/real-parts.js'
import { RegistryProxy } from '../../../support/schemas/registry-proxy.js'
import { registerSchema, setLevel } from '../../../support/schemas/registry-subjects.js'
import { TicketFolder } from '../../../support/schemas/ticket-folder.js'

async function sluice(registryUrl: string | undefined, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['schema', ...args], [schemaCommand({ registryUrl })], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

interface Answer {
  readonly subjects: readonly { readonly subject: string; readonly outcome: string; readonly version?: number }[]
}

const outcomes = (out: string) => (JSON.parse(out) as Answer).subjects.map(({ subject, outcome, version }) => [subject, outcome, version])
const count = { name: 'count', type: 'int', doc: 'How many.' }

test(
  'schema register writes what is needed in the order of need, and nothing when it is asked again',
  { skip: skipRealParts },
  async (t) => {
    const { registryUrl } = await realParts()
    const tickets = new TicketFolder(t)
    const { folder, subjects } = tickets
    const dry = await sluice(registryUrl, 'register', folder, '--dry-run')
    t.same(dry, { code: 0, out: subjects.map((subject) => `to register  ${subject}\n`).join(''), err: '' })
    t.same(
      outcomes((await sluice(registryUrl, 'register', folder, '--json')).out),
      subjects.map((subject) => [subject, 'registered', 1]),
    )
    t.match((await sluice(registryUrl, 'register', folder)).out, /^unchanged {4}\S+ \(version 1, id \d+\)\n/)
    tickets.write({ ...count, default: 0 })
    t.same(
      outcomes((await sluice(registryUrl, 'register', folder, '--json')).out),
      subjects.map((subject, index) => (index === 0 ? [subject, 'unchanged', 1] : [subject, 'registered', 2])),
    )
  },
)

test('schema register says that what was streamed once is not streamed again by the same schema', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  const register = (...args: string[]) => sluice(registryUrl, 'register', tickets.folder, ...args)
  await register()
  tickets.writeAs({ streamable: false })
  await register()
  tickets.write()
  const { code, out, err } = await register()
  t.equal(code, 0)
  t.match(out, `unchanged    ${tickets.entityType} (version 1`)
  t.match(err, `It is version 1 of ${tickets.entityType}, whose newest is version 2. [schema/older-version]`)
  t.equal((await register('--strict')).code, 1)
})

test('what schema register has written is what the gateway reads, with references and without', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const registry = await ConfluentRegistry.create({ url: registryUrl, timeoutMs: 5000 })
  const texts: string[] = []
  for (const inline of [[], ['--inline']]) {
    const { folder, entityType, subjects, namespace } = new TicketFolder(t)
    const { out } = await sluice(registryUrl, 'register', folder, '--json', ...inline)
    t.same(outcomes(out).length, inline.length === 0 ? subjects.length : 3)
    const { schema, references } = await registry.latestOf(`${entityType}.update-value`)
    const node = JSON.stringify(parseAvroSchema(schema, references))
    texts.push(node.replaceAll(namespace, 'ns').replaceAll(/Ticket\w+/g, 'Ticket'))
  }
  t.match(texts[0], /"name":"ns.Place"/)
  t.equal(texts[0], texts[1])
})

test('schema register writes nothing where lint or check has found an error', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  await sluice(registryUrl, 'register', tickets.folder)
  for (const subject of tickets.subjects) await setLevel(registryUrl, subject, 'BACKWARD')
  tickets.write(count)
  const refused = await sluice(registryUrl, 'register', tickets.folder)
  t.match(refused, {
    code: 1,
    out: '',
    err: /count" is added \(int\), without a default \(against \S+ version 1, .* and 1 more\)\. \[schema\/backward-incompatible\]/,
  })
  tickets.write({ name: 'email', type: 'string', default: '', doc: 'Where to write.' })
  t.match(await sluice(registryUrl, 'register', tickets.folder), { code: 1, out: '', err: /personal-data-untagged/ })
  tickets.write()
  t.ok(outcomes((await sluice(registryUrl, 'register', tickets.folder, '--json')).out).every(([, outcome]) => outcome === 'unchanged'))
})

test('schema register and check take an enum that entities share', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  const urgency = { type: 'enum', name: 'Urgency', symbols: ['LOW', 'HIGH'] }
  const name = tickets.share(urgency)
  tickets.write({ name: 'urgency', type: name, doc: 'How soon.' })
  const subjects = [name, ...tickets.subjects]
  const registered = await sluice(registryUrl, 'register', tickets.folder, '--json')
  t.same(
    outcomes(registered.out).map(([subject, outcome]) => [subject, outcome]),
    subjects.map((subject) => [subject, 'registered']),
  )
  await setLevel(registryUrl, name, 'FORWARD')
  tickets.share({ ...urgency, symbols: ['LOW', 'HIGH', 'NOW'] })
  const { code, out } = await sluice(registryUrl, 'check', tickets.folder, '--against', 'registry')
  t.equal(code, 1)
  t.match(out, `types/Urgency.avsc:1: error: "${name}" has the new symbol NOW (against ${name} version 1). [schema/forward-incompatible]`)
})

test('schema check asks each subject of a real registry at its own level, the transitive ones too', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  const { folder, subjects } = tickets
  const events = subjects.slice(2)
  const check = (...args: string[]) => sluice(registryUrl, 'check', folder, '--against', 'registry', '--inline', ...args)
  t.same(await check(), { code: 0, out: 'Nothing was found.\n', err: '' }, 'nothing is registered yet')
  tickets.write(count)
  await sluice(registryUrl, 'register', folder, '--inline')
  tickets.write()
  await sluice(registryUrl, 'register', folder, '--inline')
  tickets.write({ ...count, type: 'string', default: '' })
  for (const subject of events) await setLevel(registryUrl, subject, 'BACKWARD')
  t.same(await check(), { code: 0, out: 'Nothing was found.\n', err: '' })
  for (const subject of events) await setLevel(registryUrl, subject, 'BACKWARD_TRANSITIVE')
  t.match(await check(), { code: 1, out: /int before, string now \(against \S+ version 1/ })
  t.equal((await check('--level', 'NONE')).code, 0, 'the level that is given counts')
})

test('schema check says that a registry cannot judge what has references', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  await sluice(registryUrl, 'register', tickets.folder)
  tickets.write({ ...count, default: 0 })
  for (const subject of tickets.subjects) await setLevel(registryUrl, subject, 'BACKWARD')
  const { code, out } = await sluice(registryUrl, 'check', tickets.folder, '--against', 'registry')
  t.match({ code, out }, { code: 0, out: /cannot judge "ticket\S+": HTTP status 422: .* \[schema\/registry-unsure\]/ })
  t.match(out, /0 errors, 1 warning\.\n$/, 'once, not for each subject')
})

test(
  'schema register leaves to the registry what that judges when it is written, and no move from inlined to references',
  {
    skip: skipRealParts,
  },
  async (t) => {
    const { registryUrl } = await realParts()
    const tickets = new TicketFolder(t)
    await sluice(registryUrl, 'register', tickets.folder)
    for (const subject of tickets.subjects) await setLevel(registryUrl, subject, 'BACKWARD')
    tickets.write({ ...count, default: 0 })
    const strictly = await sluice(registryUrl, 'register', tickets.folder, '--strict')
    t.match(strictly, { code: 0, out: /^unchanged .*\nregistered .*\nregistered /, err: '' })

    const inlined = new TicketFolder(t)
    await sluice(registryUrl, 'register', inlined.folder, '--inline')
    for (const subject of inlined.subjects.slice(2)) await setLevel(registryUrl, subject, 'BACKWARD')
    t.match(await sluice(registryUrl, 'register', inlined.folder), { code: 1, out: /^registered .*\nregistered .*\n$/, err: /422/ })
    const again = await sluice(registryUrl, 'register', inlined.folder, '--strict')
    t.match(again, { code: 1, out: '', err: /cannot judge .*registry-unsure/ })
  },
)

test('schema check says where the subjects of an entity disagree', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  const { folder, subjects, entityType } = tickets
  await sluice(registryUrl, 'register', folder)
  for (const subject of subjects) await setLevel(registryUrl, subject, subject.endsWith('update-value') ? 'FULL' : 'BACKWARD')
  const { code, out } = await sluice(registryUrl, 'check', folder, '--against', 'registry')
  t.equal(code, 0)
  t.match(out, `disagree: ${entityType}.create-value has the level BACKWARD, ${entityType}.update-value FULL.`)
})

test('schema check says what stands under a subject and is no event', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const { folder, entityType } = new TicketFolder(t)
  await registerSchema(registryUrl, `${entityType}.create-value`, { type: 'enum', name: 'Other', symbols: ['A'] })
  await registerSchema(registryUrl, `${entityType}.update-value`, { type: 'record', name: 'Other', fields: [{ name: 'x', type: 'int' }] })
  t.match(await sluice(registryUrl, 'check', folder, '--against', 'registry'), {
    code: 1,
    out: /create-value version 1 is no record\. .*other-shape(.*\n)*.*update-value version 1 is no event .*other-shape/,
  })
})

test(
  'schema register says what it has written when the registry fails in the middle, and completes it when it is asked again',
  {
    skip: skipRealParts,
  },
  async (t) => {
    const { registryUrl } = await realParts()
    const mishaps = [
      {
        mishap: 'failing',
        code: 69,
        err: /^The schema registry: subject \S+\.create-value: HTTP status 500 \(at http:\/\/127\.0\.0\.1:\d+\/\)\.\n$/,
      },
      { mishap: 'refused', code: 1, err: /^The schema registry: subject \S+\.create-value: .*by the proxy.*\.\n$/ },
      {
        mishap: 'answer lost',
        code: 69,
        err: /^The schema registry: subject \S+\.create-value: ECONNRESET \(at http:\/\/127\.0\.0\.1:\d+\/\)\.\n$/,
      },
    ] as const
    for (const { mishap, code, err } of mishaps) {
      const { folder, subjects } = new TicketFolder(t)
      const proxy = await RegistryProxy.start(t, registryUrl, mishap, 3)
      const failed = await sluice(proxy.url, 'register', folder)
      t.match(failed, { code, err }, mishap)
      t.match(failed.out.trim().split('\n'), [
        `registered   ${subjects[0]!} (version 1, id `,
        `registered   ${subjects[1]!} (version 1, id `,
      ])
      t.equal(failed.out.trim().split('\n').length, 2, 'and nothing else')
      const kept = mishap === 'answer lost' ? 3 : 2
      t.same(
        outcomes((await sluice(proxy.url, 'register', folder, '--json')).out),
        subjects.map((subject, index) => [subject, index < kept ? 'unchanged' : 'registered', 1]),
      )
      t.notOk(
        proxy.asked.some((request) => request.startsWith('DELETE') || request.startsWith('PUT')),
        'nothing is deleted',
      )
    }
  },
)

test('schema register writes nothing where the registry fails before all is checked', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const { folder, subjects } = new TicketFolder(t)
  const proxy = await RegistryProxy.start(t, registryUrl, 'failing', 1)
  t.match(await sluice(proxy.url, 'register', folder, '--json'), { code: 69, out: '{\n  "subjects": []\n}\n' })
  const asked = proxy.asked.findIndex((request) => request.endsWith('/versions') && request.startsWith('POST'))
  t.ok(
    subjects.every((subject) => proxy.asked.slice(0, asked).some((request) => request.includes(`/${subject}/`))),
    'all is checked before',
  )
})

test(
  'schema check and register warn of an entity whose schema is gone and whose events the registry has',
  { skip: skipRealParts },
  async (t) => {
    const { registryUrl } = await realParts()
    const gone = new TicketFolder(t)
    await sluice(registryUrl, 'register', gone.folder)
    for (const subject of gone.subjects) await setLevel(registryUrl, subject, 'BACKWARD')
    const { folder, subjects } = new TicketFolder(t, gone.namespace)
    const warning = `${folder}/${gone.entityType}.avsc: warning: The schema of "${gone.entityType}" is gone. [schema/entity-removed]
    Who subscribes to it, and policies that name it, are left with nothing.
    Keep its schema for as long as its topics have records.
0 errors, 1 warning.
`
    t.same(await sluice(registryUrl, 'check', folder, '--against', 'registry'), { code: 0, out: warning, err: '' })
    t.same(await sluice(registryUrl, 'register', folder, '--strict'), { code: 1, out: '', err: warning })
    const registered = await sluice(registryUrl, 'register', folder)
    t.match(registered, { code: 0, err: warning })
    t.equal(registered.out.trim().split('\n').length, subjects.length)
  },
)

test(
  'schema register that is interrupted ends what it is at, says what it has written, and goes on when it is asked again',
  {
    skip: skipRealParts,
  },
  async (t) => {
    const { registryUrl } = await realParts()
    const { folder, subjects } = new TicketFolder(t)
    let looks = 0
    const afterTwo = {
      get aborted() {
        return ++looks > 2
      },
    }
    const terminal = Object.assign(new FakeTerminal(), { stop: () => afterTwo as AbortSignal })
    t.equal(await runCommandLine(['schema', 'register', folder], [schemaCommand({ registryUrl })], terminal), 1)
    t.match(terminal.out, new RegExp(`^registered {3}${subjects[0]!} .*\\nregistered {3}${subjects[1]!} .*\\n$`))
    const left = subjects.length - 2
    t.equal(terminal.err, `Stopped before ${left} of ${subjects.length} subjects; the same command goes on where it was.\n`)
    t.same(
      outcomes((await sluice(registryUrl, 'register', folder, '--json')).out).map(([, outcome]) => outcome),
      subjects.map((_, index) => (index < 2 ? 'unchanged' : 'registered')),
    )
  },
)

test('schema check says where nothing keeps a subject compatible, unless a level is given', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const { folder, subjects, entityType } = new TicketFolder(t)
  await sluice(registryUrl, 'register', folder)
  const { code, out } = await sluice(registryUrl, 'check', folder, '--against', 'registry')
  t.equal(code, 0)
  t.match(out, `${entityType}.avsc: warning: The level is NONE of ${subjects.slice(1).join(', ')}. [schema/level-none]`)
  t.match(await sluice(registryUrl, 'check', folder, '--against', 'registry', '--level', 'NONE'), { out: 'Nothing was found.\n' })
})

test('schema register leaves with 69 where the registry does not answer, and with 64 where nobody says where it is', async (t) => {
  t.match(await sluice('http://127.0.0.1:1', 'register'), { code: 69, err: /^The schema registry: .*ECONNREFUSED/ })
  t.match(await sluice(undefined, 'register'), { code: 64, err: /--registry-url or SCHEMA_REGISTRY_URL\) is not set/ })
  for (const url of ['here', 'localhost:8081'])
    t.match(await sluice(undefined, 'register', '--registry-url', url), {
      code: 64,
      err: `is "${url}", which is no URL that begins with http`,
    })
})

test('schema check says what each role would see, beside what the registry has', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const tickets = new TicketFolder(t)
  const { folder, entityType } = tickets
  await sluice(registryUrl, 'register', folder)
  tickets.write({ name: 'cost', type: 'int', default: 0, doc: 'In cents.', 'confluent:tags': ['INTERNAL'] })
  const policy = `${folder}/policy.json`
  writeFileSync(policy, JSON.stringify({ roles: { support: [{ action: 'read', subject: entityType, fields: ['**'] }] } }))
  const shown = `"support" would see ${entityType}.cost (INTERNAL) always, and saw it never. [schema/tagged-field-shown]`
  for (const inline of [[], ['--inline']]) {
    const { code, out } = await sluice(registryUrl, 'check', folder, '--against', 'registry', '--policy', policy, ...inline)
    t.same([code, out.includes(shown), out.includes(`${entityType}.id`)], [1, true, false], out)
  }
})

test('schema register leaves with 1 where the registry takes a schema for no valid one', async (t) => {
  const answerTo = ({ method, url = '' }: IncomingMessage): [number, object] => {
    if (url.startsWith('/config')) return [200, { compatibilityLevel: 'NONE' }]
    if (url === '/subjects' || url.startsWith('/subjects?')) return [200, []]
    return method === 'POST' && url.includes('/versions')
      ? [422, { error_code: 42201, message: 'no' }]
      : [404, { error_code: 40401, message: 'no' }]
  }
  const server = createServer((request, response) => {
    const [status, body] = answerTo(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.match(await sluice(url, 'register', 'schemas'), { code: 1, out: '', err: /subject shop\.Address: HTTP status 422: no/ })
})
