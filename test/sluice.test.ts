import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, existsSync, openSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type Test } from 'tap'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { GitFolder } from './support/schemas/git-folder.js'
import { answer, ScriptedGateway } from './support/clients/scripted-gateway.js'

const program = 'dist/src/sluice.js'
const update =
  '{"type":"entity_update","entity_id":"order-1","entity_type":"order","operation":"update",' +
  '"data":{"count":1152921504606846977},"timestamp":"2026-01-01T12:00:00.000Z"}'

async function gatewayWithAnUpdate(t: Test): Promise<ScriptedGateway> {
  const gateway = await ScriptedGateway.start({
    onFrame(socket, { ref }) {
      answer(socket, { type: 'subscription_success', entity_id: 'order-1', ref })
      socket.send(update)
    },
  })
  t.teardown(() => gateway.stop())
  return gateway
}

/** Runs the built program until it has written this many lines, or such a line, then presses Ctrl-C, which arrives twice where npx is between. */
async function run(end: number | ((line: string) => boolean), ...args: string[]): Promise<{ out: string[]; code: number | null }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const exit = once(child, 'exit')
  const out: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const lines = out.push(line)
    if (typeof end === 'number' ? lines !== end : !end(line)) continue
    child.kill('SIGINT')
    setTimeout(() => child.kill('SIGINT'), 20)
  }
  const [code] = (await exit) as [number | null]
  return { out, code }
}

test('prints updates for people without colours where there is no terminal, and leaves with 0 on Ctrl-C', async (t) => {
  const { url } = await gatewayWithAnUpdate(t)
  t.same(await run(2, 'tail', 'order-1', '--token', 't', '--url', url), {
    out: ['2026-01-01T12:00:00.000Z  update  order  order-1', '    count  1152921504606846977'],
    code: 0,
  })
})

test('prints nothing but the changes with --json, a line each with all digits', async (t) => {
  const { url } = await gatewayWithAnUpdate(t)
  t.same(await run(1, 'tail', 'order-1', '--token', 't', '--url', url, '--json'), { out: [update], code: 0 })
})

interface ListChange {
  readonly entity_id: string
  readonly operation: string
  readonly data: { readonly status?: string }
}

test('follows a list of the sample shop: what is on it, then what enters and leaves it', async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret })
  const list = ['tail', '--type', 'order', '--url', gateway.url!, '--token', await signedToken({ roles: ['support'] }), '--json']
  const statuses = ['NEW', 'PAID', 'PACKED']
  const where = JSON.stringify({ status: { $in: statuses } })
  const hasLeft = (line: string) => (JSON.parse(line) as ListChange).operation === 'delete'
  const { out, code } = await run(hasLeft, ...list, '--where', where, '--fields', 'status')
  t.equal(code, 0)
  const changes = out.map((line) => JSON.parse(line) as ListChange)
  const left = changes.findIndex(({ operation }) => operation === 'delete')
  const on = new Set(changes.slice(0, left).map(({ entity_id: id }) => id))
  t.ok(on.has(changes[left]!.entity_id), 'what leaves was on it')
  for (const { data } of changes.slice(0, left)) t.ok(Object.keys(data).join() === 'status' && statuses.includes(data.status!))
  t.same(await run(1, ...list, '--where', '{"margin":{"$gt":0}}'), { out: [], code: 77 }, 'no field that is hidden is asked for')
})

test('does not replace another tail of the same user', async (t) => {
  const gateway = await gatewayWithAnUpdate(t)
  for (let tails = 0; tails < 2; tails++) await run(1, 'tail', 'order-1', '--token', 't', '--url', gateway.url)
  const [first, second] = gateway.requests.map(({ url }) => url)
  t.match(first, /^\/ws\/tail-/)
  t.not(first, second)
})

test('leaves with 69 where nobody listens, and with 64 when it is used wrongly', async (t) => {
  const gateway = await ScriptedGateway.start({ onFrame: () => undefined })
  const { url } = gateway
  await gateway.stop()
  t.equal((await run(1, 'tail', 'order-1', '--token', 't', '--url', url)).code, 69)
  t.equal((await run(1, 'tail')).code, 64)
})

test('finds the folder in its repository also within a hook of git', async (t) => {
  const repository = new GitFolder(t)
  const ticket = { type: 'record', name: 'Ticket', fields: [{ name: 'id', type: 'string' }] }
  repository.commit({ 'ticket.avsc': ticket })
  repository.write({ 'ticket.avsc': { ...ticket, fields: [{ name: 'id', type: 'int' }] } })
  const child = spawn(process.execPath, [program, 'schema', 'check', repository.schemas, '--against', 'HEAD'], {
    env: { ...process.env, GIT_DIR: join(dirname(repository.schemas), '.git') },
    stdio: 'ignore',
  })
  t.same(await once(child, 'close'), [1, null])
})

test('takes the layouts of topics and the way to the brokers from the variables of the gateway', async (t) => {
  const runWith = async (env: Record<string, string>, ...args: string[]) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const output of [child.stdout, child.stderr]) output.on('data', (text: Buffer) => (said += text.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, said }
  }
  t.same(await runWith({ ENTITIES: '' }, 'schema', 'lint'), { code: 0, said: 'Nothing was found.\n' }, 'empty counts as not set')
  const away = await runWith({ SCHEMA_REGISTRY_URL: '' }, 'schema', 'register', '--dry-run')
  t.match(away, { code: 64, said: 'The address of the registry (--registry-url or SCHEMA_REGISTRY_URL) is not set.' })
  const authorizations: (string | undefined)[] = []
  const registry = createServer((request, response) => {
    authorizations.push(request.headers.authorization)
    response.writeHead(401).end()
  }).listen(0, '127.0.0.1')
  t.teardown(() => void registry.close())
  await once(registry, 'listening')
  const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
  await runWith({ SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USER: '', SCHEMA_REGISTRY_PASSWORD: '' }, 'schema', 'register')
  t.same(authorizations, [undefined], 'secrets that a build does not have are empty')
  t.match(await runWith({ ENTITIES: '1st' }, 'schema', 'lint'), { code: 64, said: 'ENTITIES names the entity "1st"' })
  const brokers = { KAFKA_BROKERS: '127.0.0.1:1', KAFKA_SASL_MECHANISM: 'gssapi' }
  t.match(await runWith(brokers, 'topics', 'check'), { code: 78, said: 'KAFKA_SASL_MECHANISM is "gssapi"' })
})

test('is built as a program that npx can start', async (t) => {
  t.equal(statSync(program).mode & constants.S_IXUSR, constants.S_IXUSR)
})

test('leaves with what it came to, and says nothing, where nobody reads its output', async (t) => {
  const child = spawn(process.execPath, [program, 'types', 'schemas'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const exit = once(child, 'close')
  t.equal((await child.stderr.toArray()).join(''), '')
  t.same(await exit, [0, null])
})

test('says in one sentence that its output cannot be written', { skip: !existsSync('/dev/full') }, async (t) => {
  const child = spawn(process.execPath, [program, 'types', 'schemas'], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
  const exit = once(child, 'close')
  t.equal((await child.stderr!.toArray()).join(''), 'The output cannot be written (ENOSPC).\n')
  t.same(await exit, [78, null])
})

test('leaves with what it came to where its complaints cannot be written', { skip: !existsSync('/dev/full') }, async (t) => {
  const full = spawn(process.execPath, [program, 'tail'], { stdio: ['ignore', 'ignore', openSync('/dev/full', 'w')] })
  t.same(await once(full, 'close'), [64, null])
  const gone = spawn(process.execPath, [program, 'tail'], { stdio: ['ignore', 'ignore', 'pipe'] })
  gone.stderr.destroy()
  t.same(await once(gone, 'close'), [64, null])
})
