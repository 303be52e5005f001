import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { bearerHeaders } from '#protocol/credentials.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { MountedFolder } from './support/gateway/mounted-folder.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { WsClient } from './support/clients/ws-client.js'

const policyOf = (...fields: string[]) => JSON.stringify({ roles: { clerk: [{ action: 'read', subject: 'order', fields }] } })

void test('a policy that changes while clients are connected counts from then on, and a bad one changes nothing', async (t) => {
  const dir = t.testdir({})
  const path = `${dir}/policy.json`
  const mounted = new MountedFolder(dir)
  mounted.bring({ 'policy.json': policyOf('id', 'status') })
  const gateway = await GatewayProcess.start(t, { POLICY_FILE: path, JWT_SECRET: secret })
  const headers = bearerHeaders(await signedToken({ roles: ['clerk'] }))
  const client = await WsClient.connect(`${gateway.url!}/ws/a`, { headers })
  t.teardown(() => client.socket.terminate())
  client.ask({ type: 'subscribe', entity_id: 'order-1001' })
  await until('the first policy shows', () => client.latestFields() === 'id,status', 10_000)

  for (const field of ['number', 'placed_at']) {
    mounted.bring({ 'policy.json': policyOf('id', field) })
    await until('what the link leads to shows', () => client.latestFields() === `id,${field}`, 10_000)
  }

  writeFileSync(path, policyOf('id', 'region'))
  await until('the second policy shows', () => client.latestFields() === 'id,region', 10_000)

  // In one step, as a file that is seen half written is refused by itself.
  const replaceWith = (text: string) => {
    writeFileSync(`${dir}/next.json`, text)
    renameSync(`${dir}/next.json`, path)
  }
  replaceWith(policyOf('id', 'region').replace('"read"', '"write"'))
  const refusals = () => gateway.log.filter(({ msg }) => String(msg).includes('the one before stays in force'))
  await until('the bad policy is refused', () => refusals().length === 1, 10_000)
  t.match(refusals()[0], { reason: /POLICY_FILE.*roles\.clerk\[0\]/ })
  t.match(await gateway.metrics(), /sluice_policy_reloads_total\{outcome="refused"\} 1\n/)

  replaceWith(policyOf('id', 'number'))
  gateway.signal('SIGHUP')
  await until('the third policy shows', () => client.latestFields() === 'id,number', 10_000)
  t.equal(await gateway.stop(), 0)
})

void test('who sends SIGHUP is answered in the log, also where nothing changes', async (t) => {
  const dir = t.testdir({ 'policy.json': policyOf('id') })
  const path = `${dir}/policy.json`
  const gateway = await GatewayProcess.start(t, { POLICY_FILE: path, JWT_SECRET: secret })
  const logged = (text: string) => gateway.log.filter(({ msg }) => String(msg).includes(text))
  gateway.signal('SIGHUP')
  await until('it is said that nothing has changed', () => logged('the one that is in force').length === 1, 10_000)

  unlinkSync(path)
  gateway.signal('SIGHUP')
  await until('it is said that there is no file', () => logged('the one before stays in force').length === 1, 10_000)
  t.match(logged('the one before stays in force')[0], {
    reason: /^POLICY_FILE: .* cannot be read \(ENOENT: no such file or directory\)\.$/,
  })
  const metrics = await gateway.metrics()
  for (const outcome of ['unchanged', 'refused']) t.match(metrics, `sluice_policy_reloads_total{outcome="${outcome}"} 1\n`)
  t.equal(await gateway.stop(), 0)
})

void test('a policy file in whose place something else stands is told of once, stops nobody, and counts when it is back', async (t) => {
  const dir = t.testdir({ 'policy.json': policyOf('id') })
  const path = `${dir}/policy.json`
  const gateway = await GatewayProcess.start(t, { POLICY_FILE: path, JWT_SECRET: secret })
  const said = (text: string | RegExp) => gateway.log.filter((line) => JSON.stringify(line).match(text)).length
  const isInForce = async () => /^sluice_policy_file_in_force 1$/m.test(await gateway.metrics())
  const inItsPlace: Record<string, readonly [RegExp, () => void]> = {
    nothing: [/ENOENT: no such file/, () => undefined],
    'a folder': [/it is a folder/, () => mkdirSync(path)],
    'a dangling link': [/link to what is not there/, () => symlinkSync('gone.json', path)],
    'a pipe': [/it is a pipe/, () => execFileSync('mkfifo', [path])],
    'a device': [/it is a device/, () => symlinkSync('/dev/zero', path)],
    'a large file': [/has more than 4 MiB/, () => writeFileSync(path, ' '.repeat(10_000_000))],
    'an empty file': [/is not JSON/, () => writeFileSync(path, '')],
    'brackets without end': [/is not JSON/, () => writeFileSync(path, '['.repeat(1_000_000))],
    'other bytes': [/is not UTF-8/, () => writeFileSync(path, Buffer.from([0xc3, 0x28]))],
  }
  for (const [name, [reason, put]] of Object.entries(inItsPlace)) {
    const before = said(reason)
    rmSync(path, { force: true })
    put()
    await until(`${name} is said`, () => said(reason) > before, 10_000)
    t.equal(await isInForce(), false, name)
    t.equal(await gateway.readiness(), 200, name)
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, policyOf('id'))
    await until(`the policy is back after ${name}`, isInForce, 10_000)
  }
  t.equal(await gateway.stop(), 0)
})

void test('the embedded default has its control topics in memory, with the policy of the shop', async (t) => {
  const topics = { POLICY_TOPIC: 'policy', CLAIMS_TOPIC: 'claims', REVOCATIONS_TOPIC: 'revocations' }
  const gateway = await GatewayProcess.start(t, { ...topics, JWT_SECRET: secret })
  const headers = bearerHeaders(await signedToken({ roles: ['support'] }))
  const client = await WsClient.connect(`${gateway.url!}/ws/a`, { headers })
  t.teardown(() => client.socket.terminate())
  client.ask({ type: 'subscribe', entity_id: 'order-1001' })
  await until('the policy shows', () => client.latestFields().includes('status'), 10_000)
  const metrics = await gateway.metrics()
  for (const [topic, offset] of Object.entries({ policy: 1, claims: 0, revocations: 0 }))
    t.match(metrics, `sluice_control_offset{topic="${topic}"} ${offset}\n`)
  t.equal(await gateway.stop(), 0)
})
