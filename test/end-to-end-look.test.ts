import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { t as all, test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { lookCommand } from '#look/look-command.js'
import { runCommandLine } from '#tools/cli/command-line.js'
import { Chromium, inChromium } from './support/browser/chromium.js'
import { seriousFindings } from './support/console/shop-console.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { LookProcess } from './support/look/look-process.js'
import { type OwnTopic, ownTopics } from './support/look/own-topics.js'
import { realParts, skipRealParts } from './support/real-parts/real-parts.js'
import { FakeTerminal } from './support/tools/fake-terminal.js'
import { registerSchema } from './support/schemas/registry-subjects.js'

// `sluice look` on a Kafka and a registry that know nothing of Sluice, from the terminal to the page and to the files.

const skip = skipRealParts || inChromium.skip
const chromium = new Chromium()
const run = promisify(execFile)

interface Own {
  readonly topics: KafkaTopics
  readonly prefix: string
  readonly records: readonly OwnTopic[]
  readonly where: readonly string[]
}

let own: Promise<Own> | undefined
/** The same for all tests of this file. */
const filled = () => (own ??= fill())

async function fill(): Promise<Own> {
  const { brokers, registryUrl } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  all.teardown(() => topics.close())
  const prefix = uniqueName('own')
  const records = await ownTopics(prefix, (subject, schema) => registerSchema(registryUrl, subject, schema))
  for (const { topic, records: own } of records) {
    await topics.create(topic, topic.endsWith('customers') ? 3 : 1)
    if (own.length > 0) await topics.produce(topic, [...own])
  }
  return { topics, prefix, records, where: ['--brokers', brokers.join(), '--registry', registryUrl] }
}

const cell = (person: string, path: string) => `document.getElementById('${person}/${path}')`
const textOf = (person: string, path: string) => `${cell(person, path)}?.querySelector('.text')?.textContent`
const isHidden = (person: string, path: string) => `${cell(person, path)}?.classList.contains('hidden')`
const press = (start: string) =>
  `[...document.querySelectorAll('button')].find(({ textContent }) => textContent.startsWith('${start}')).click()`

test(
  "somebody's own newest records stand as three made-up people see them, and what they decide is saved and starts a gateway",
  { skip },
  async (t) => {
    const { topics, prefix, records, where } = await filled()
    const folder = join(t.testdir({}), 'saved')
    const look = await LookProcess.start(t, ...where, '--topic', `${prefix}.*`, '--save-to', folder)
    t.match(look.printed, /\+ \S+\.customers +customers +bare records, id from its key, 6 fields, tags INTERNAL, PII, 3 records/)
    t.match(look.printed, /- \S+\.clicks is not read: it looks like JSON/)
    t.match(look.address, /^http:\/\/127\.0\.0\.1:/)
    t.equal((await look.answerOf('policy', 'x'.repeat(43))).status, 401)
    const { socket_url } = JSON.parse((await look.answerOf('session')).text) as { socket_url: string }
    // Another address of this machine, which answers where all of them do.
    for (const { port } of [new URL(socket_url), new URL(look.address)]) await t.rejects(fetch(`http://127.0.0.2:${port}/`), port)

    const tab = await chromium.open('about:blank')
    await tab.setWidth(1280)
    await tab.goTo(look.address)
    await tab.until(`document.querySelector('nav')`)
    await tab.evaluate(`location.hash = '#/live/customers/c-1'`)
    await tab.until(`${textOf('Eve', 'email')} === 'ann@canary.example' && ${textOf('Eve', 'full_name')} === 'ann <b>Canary</b>'`)
    await tab.until(`${isHidden('Uma', 'email')} && ${isHidden('Uma', 'credit_limit')} && ${textOf('Uma', 'region')} === 'eu'`)
    await tab.until(`${isHidden('Bob', 'region')} && ${textOf('Bob', 'id')} === 'c-1' && ${textOf('Bob', 'status')} === 'OPEN'`)
    t.same(await seriousFindings(tab), [])

    const customers = records.find(({ topic }) => topic.endsWith('.customers'))!
    // What is written of another customer is news of the first.
    await topics.produce(customers.topic, [{ key: 'c-1', value: customers.records[1]!.value }])
    await tab.until(`${textOf('Eve', 'email')} === 'bea@canary.example'`)

    await tab.evaluate(press('Hide full_name from role everything'))
    await tab.until(`${isHidden('Eve', 'full_name')} && !${isHidden('Eve', 'email')}`)
    await tab.evaluate(press('Save as files'))
    await tab.until(`document.querySelector('.saved')?.textContent.includes('npm start')`)
    await tab.setWidth(320, 'dark')
    t.same(await seriousFindings(tab), [])
    t.ok(await tab.evaluate('document.documentElement.scrollWidth <= 320'), 'nothing is wider than the screen')
    for (const path of ['session', 'types', 'policy', 'figures', 'bad-records', 'rights?role=everything&type=customers'])
      t.notMatch((await look.answerOf(path)).text, /canary/i, `no value is told by ${path}`)
    t.same([...tab.complaints, ...tab.objections], [])
    t.equal(await look.stop(), 0)
    t.notOk((await topics.groupMembers()).includes('sluice'), 'no group was joined')

    const [policy, entities] = [join(folder, 'policy.json'), join(folder, 'entities.json')]
    t.match(readFileSync(policy, 'utf8'), '"inverted": true, "action": "read", "subject": "customers", "fields": ["full_name"]')
    const sluice = async (...args: string[]) => (await run(process.execPath, ['dist/src/sluice.js', ...args])).stdout
    await sluice('schema', 'pull', join(folder, 'schemas'), '--entities', entities, ...where.slice(2))
    t.equal(await sluice('policy', 'lint', policy, '--schemas', join(folder, 'schemas'), '--strict'), 'Nothing was found.\n')
    const [, brokers = '', , registryUrl = ''] = where
    const variables = { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl, JWT_SECRET: secret }
    const gateway = await GatewayProcess.start(t, { ...variables, POLICY_FILE: policy, ENTITIES: entities })
    const child = execFile(process.execPath, [
      ...['dist/src/sluice.js', 'tail', '17', '--type', 'parcels', '--json', '--url', gateway.url!],
      ...['--token', await signedToken({ roles: ['untagged'] })],
    ])
    t.teardown(() => child.kill())
    const [line] = (await once(child.stdout!, 'data')) as [string]
    t.match(JSON.parse(line), { entity_id: '17', data: { id: 17, carrier: 'DHL', recipient_name: undefined } })
  },
)

/** In this process, as nothing of it lives on. */
async function said(...args: readonly string[]): Promise<readonly [code: number, text: string]> {
  const terminal = Object.assign(new FakeTerminal(), { clock: systemClock })
  const code = await runCommandLine(['look', ...args], [lookCommand()], terminal)
  return [code, terminal.err]
}

async function listening(t: Test, server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

test('what is in the way is said in a sentence, with its exit code', { skip: skipRealParts }, async (t) => {
  const { prefix, where } = await filled()
  const [, brokers = '', , registry = ''] = where
  const page = createServer((_request, response) => response.end('<html>'))
  const none = `http://127.0.0.1:${await listening(t, page)}`
  const folder = t.testdir({ 'policy.json': 'mine' })
  t.same(await said('--registry', registry), [64, 'The brokers (--brokers or KAFKA_BROKERS) are not set. (--help tells more)\n'])
  t.match(await said('--brokers', brokers, '--registry', registry, '--host', '0.0.0.0'), [64, /unknown option '--host'/])
  t.match(await said(...where, '--port', '65536'), [64, '--port is "65536"; it must be a whole number from 0 to 65535.'])
  t.match(await said(...where, '--newest', '0'), [64, '--newest is "0"'])
  t.match(await said('--brokers', '127.0.0.1:1', '--registry', registry), [69, /^Kafka: 127\.0\.0\.1:1: .*\.\n$/])
  t.match(await said('--brokers', brokers, '--registry', none), [69, /^The schema registry: .*\.\n$/])
  t.same(await said(...where, '--topic', '<b>'), [78, 'There is no topic "<b>" that this login may see.\n'])
  t.same(await said(...where, '--topic', `${prefix}.clicks`), [78, 'Of these topics none can be shown.\n'])
  const one = ['--topic', `${prefix}.customers`]
  t.match(await said(...where, ...one, '--save', '--save-to', folder), [78, /policy\.json is there already and says something else/])
  t.notOk(existsSync(join(folder, 'entities.json')))
  const taken = await listening(t, createServer())
  await t.rejects(LookProcess.start(t, ...where, ...one, '--port', String(taken)), {
    message: new RegExp(`The port ${taken} is in use; --port names another one\\.\n$`),
  })
})

test('of a large topic the newest records are read, from all partitions', { skip: skipRealParts }, async (t) => {
  const { topics, records, where } = await filled()
  const customers = records.find(({ topic }) => topic.endsWith('.customers'))!
  const { value } = customers.records[0]!
  for (let partition = 0; partition < 3; partition++)
    await topics.produce(
      customers.topic,
      Array.from({ length: 40 }, (_none, n) => ({ key: `p${partition}-${n}`, value, partition })),
    )
  const look = await LookProcess.start(t, ...where, '--topic', customers.topic, '--newest', '30')
  t.match(look.printed, /the newest 30 of 12\d/)
  const { text } = await look.answerOf('figures')
  t.equal((JSON.parse(text) as { records: number }).records, 30)
  t.equal(await look.stop(), 0)
})
