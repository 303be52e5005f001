import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'tap'
import { GatewayProcess } from './support/gateway-process.js'
import { commandsIn, filesIn } from './support/readme-section.js'
import { realParts, skipRealParts } from './support/real-parts.js'
import { until } from './support/source-reader.js'

const heading = '### A first stream of your own'

/** What a block of commands exports. */
function exportsOf(commands: string): Record<string, string> {
  return Object.fromEntries([...commands.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]))
}

void test("the README's first stream arrives, without the field that its policy does not name", { skip: skipRealParts }, async (t) => {
  const [start, follow, publish] = commandsIn(heading)
  const folder = t.testdir({ try: filesIn(heading) })
  const { brokers, registryUrl } = await realParts()
  const parts = { KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registryUrl }
  const { POLICY_FILE: policyFile, ...others } = exportsOf(start!)
  const gateway = await GatewayProcess.start(t, { ...parts, ...others, POLICY_FILE: `${folder}/${policyFile}` })

  let shown = ''
  const run = (command: string) => {
    const child = spawn('sh', ['-c', command], { cwd: folder, env: { ...process.env, ...parts }, stdio: ['ignore', 'pipe', 'pipe'] })
    t.teardown(() => child.kill())
    return child
  }
  const tail = run(follow!.replace('npx --no sluice tail', `exec node ${process.cwd()}/dist/src/cli/sluice.js tail --url ${gateway.url!}`))
  for (const output of [tail.stdout, tail.stderr]) output.on('data', (text: Buffer) => (shown += text.toString()))
  await until('the subscription', () => shown.includes('Following ticket-1'))
  t.same(await once(run(publish!), 'exit'), [0, null])
  await until('the update', () => shown.includes('ANSWERED'))
  t.notMatch(shown, 'ann@example.com')
})
