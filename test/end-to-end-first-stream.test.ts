import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'tap'
import { GatewayProcess } from './support/gateway-process.js'
import { realParts, skipRealParts } from './support/real-parts.js'
import { until } from './support/source-reader.js'

/** The fenced blocks of the README's section, as they stand there: files by the name behind their language, and commands in order. */
function firstStream() {
  const readme = readFileSync('README.md', 'utf8')
  const section = readme.split('### A first stream of your own')[1]!.split('\n## ')[0]!
  const blocks = [...section.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, name, text]) => ({
    language,
    name,
    text: text!,
  }))
  const files = Object.fromEntries(blocks.flatMap(({ name, text }) => (name === undefined ? [] : [[name.replace('try/', ''), text]])))
  const commands = blocks.flatMap(({ language, text }) => (language === 'sh' ? [text] : []))
  return { files, commands }
}

/** What a block of commands exports. */
function exportsOf(commands: string): Record<string, string> {
  return Object.fromEntries([...commands.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]))
}

void test("the README's first stream arrives, without the field that its policy does not name", { skip: skipRealParts }, async (t) => {
  const { files, commands } = firstStream()
  const [start, follow, publish] = commands
  const folder = t.testdir({ try: files })
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
