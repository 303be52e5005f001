import { test } from 'tap'
import { type Run, runCommandLine } from '#tools/cli/command-line.js'
import { ConfigurationError } from '#errors.js'
import { FakeTerminal } from '../../support/tools/fake-terminal.js'

async function runs(run: Run, ...args: string[]): Promise<{ code: number; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(args, [(program, begin) => void program.command('look').action(() => begin(run))], terminal)
  return { code, err: terminal.err }
}

test('leaves with what the command comes to', async (t) => {
  t.same(await runs(() => Promise.resolve(1), 'look'), { code: 1, err: '' })
})

test('leaves with 78 and one sentence where a file cannot be used, and with 70 where the fault is its own', async (t) => {
  const refusal = await runs(() => Promise.reject(new ConfigurationError('The policy is\u001b[31m wrong.')), 'look')
  t.same(refusal, { code: 78, err: 'The policy is\\u001b[31m wrong.\n' })
  const crash = await runs(() => Promise.reject(new TypeError('x is undefined')), 'look')
  t.equal(crash.code, 70)
  t.match(crash.err, /A fault in sluice itself: TypeError: x is undefined/)
})

test('leaves with 64 where there is no such command', async (t) => {
  t.equal((await runs(() => Promise.resolve(0), 'see')).code, 64)
  t.equal((await runs(() => Promise.resolve(0))).code, 64)
})
