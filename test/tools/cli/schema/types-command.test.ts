import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { typesCommand } from '#tools/cli/schema/types-command.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

async function types(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['types', ...args], [typesCommand()], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

test('types writes the same again and again, and says in CI where a file is older than the schemas', async (t) => {
  const file = `${t.testdir({})}/entities.ts`
  t.same(await types('--out', file), { code: 0, out: '', err: '' })
  t.equal((await types()).out, readFileSync(file, 'utf8'))
  t.same(await types('--check', file), { code: 0, out: '', err: '' })
  t.match(await types('--check', file, '--longs', 'string'), {
    code: 1,
    out: '',
    err: /entities\.ts is not what the schemas in schemas say/,
  })
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'))
  t.same(await types('--check', file), { code: 0, out: '', err: '' }, 'as git checks it out on Windows')
  writeFileSync(file, '')
  t.equal((await types('--check', file)).code, 1)
})

test('types writes what ENTITIES alone says is streamable, and not what it says is none', async (t) => {
  const record = (name: string, more: object) => JSON.stringify({ type: 'record', name, ...more, fields: [{ name: 'id', type: 'string' }] })
  const dir = t.testdir({
    'parcel.avsc': record('Parcel', {}),
    'visit.avsc': record('Visit', { streamable: true }),
    'entities.json': JSON.stringify({
      parcel: { envelope: 'none', streamable: true },
      visit: { layout: 'single-topic', envelope: 'debezium', streamable: false },
    }),
  })
  t.match((await types(dir, '--entities', `${dir}/entities.json`)).out, 'export interface Entities {\n  readonly parcel: Parcel\n}\n')
  t.match((await types(dir)).out, 'export interface Entities {\n  readonly visit: Visit\n}\n')
  const terminal = new FakeTerminal()
  await runCommandLine(['types', dir], [typesCommand({ entities: `${dir}/entities.json` })], terminal)
  t.match(terminal.out, 'readonly parcel: Parcel', 'the environment may say it')
})

test('types leaves with 78 where a file cannot be read, and with 64 when it is used wrongly', async (t) => {
  t.match(await types('--check', 'no/such.ts'), { code: 78, err: /no\/such\.ts cannot be read/ })
  t.match(await types('--out', 'no/such.ts'), { code: 78, err: /no\/such\.ts cannot be written \(ENOENT\)/ })
  t.equal((await types('--check', 'a', '--out', 'b')).code, 64)
})
