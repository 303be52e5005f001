import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { type Block, blocksOf } from './support/conventions/readme-blocks.js'
import { ownRegistry, realParts, skipOwnParts } from './support/real-parts/real-parts.js'
import { until } from './support/kafka/source-reader.js'

const page = 'schemas/README.md'

/** One who follows the page: writes its files, types its commands and compares what they answer. */
class Reader {
  private readonly root: string
  private readonly folder: string
  private gateway: GatewayProcess | undefined
  private shown = ''
  private answered: { readonly output: string; readonly code: number | null; readonly command: string } | undefined

  constructor(
    private readonly t: Test,
    /** Of all its terminals: where the real parts are, and what the page exports beside that. */
    private variables: Readonly<Record<string, string>>,
  ) {
    this.root = t.testdir({ try: { schemas: {} } })
    this.folder = join(this.root, 'try')
  }

  async follow({ language, name, text }: Block): Promise<void> {
    if (name !== undefined) writeFileSync(join(this.root, name), text)
    else if (language === '') await this.compare(text)
    else await this.type(text)
  }

  private async type(text: string): Promise<void> {
    // The real parts run already, at other addresses than those on the page.
    if (text.includes('npm run real-parts')) return
    if (text.includes('mkdir')) this.variables = { ...this.exported(text), ...this.variables }
    else if (text.includes('npm start')) this.gateway = await GatewayProcess.start(this.t, { ...this.variables, ...this.exported(text) })
    else if (text.includes('sluice tail')) await this.startTail(text)
    else this.answered = { ...(await this.run(text)), command: text }
  }

  private exported(text: string): Record<string, string> {
    return Object.fromEntries([...text.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!.replace('$PWD', this.folder)]))
  }

  private async startTail(text: string): Promise<void> {
    const tail = this.spawn(`exec ${text.replace('tail', `tail --url ${this.gateway!.url!}`)}`)
    this.shown = ''
    let notices = ''
    tail.stdout.on('data', (part: Buffer) => (this.shown += withoutTimes(part.toString())))
    tail.stderr.on('data', (part: Buffer) => (notices += part.toString()))
    await until('the subscription', () => notices.includes('Following ticket-1'))
  }

  /** What stands under a command that answers nothing is what the client is shown then. */
  private async compare(expected: string): Promise<void> {
    const { t } = this
    const { output, code, command } = this.answered!
    t.equal(code, expected.includes(': error: ') ? 1 : 0, command)
    if (output !== '') return void t.equal(output, expected, command)
    await until('the update', () => this.shown.length >= withoutTimes(expected).length)
    t.equal(this.shown, withoutTimes(expected), 'what the client is shown')
  }

  private async run(command: string): Promise<{ output: string; code: number | null }> {
    const child = this.spawn(command)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { output, code }
  }

  /** As it stands on the page, but for `npx`, which would look for the package in the folder of the test. */
  private spawn(command: string) {
    const program = `${process.execPath} ${process.cwd()}/dist/src/sluice.js`
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.variables }
    const child = spawn('sh', ['-c', command.replaceAll('npx --no -- sluice', program)], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.t.teardown(() => child.kill())
    return child
  }
}

function withoutTimes(text: string): string {
  return text.replace(/^\S+Z/gm, 'TIME')
}

void test('the way of schemas/README.md from an empty registry to a first client answers as it says', { skip: skipOwnParts }, async (t) => {
  const registry = await ownRegistry()
  t.teardown(() => registry.stop())
  const { brokers } = await realParts()
  const reader = new Reader(t, { KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registry.url })
  const blocks = blocksOf(page)
  t.ok(blocks.length > 20)
  for (const block of blocks) await reader.follow(block)
})
