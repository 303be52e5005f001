import { writeFileSync } from 'node:fs'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

async function lint(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['schema', 'lint', ...args], [schemaCommand()], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

test('schema lint says what is wrong, for people and for machines', async (t) => {
  const fields = [
    { name: 'id', type: 'string', doc: 'Its id.' },
    { name: 'email', type: 'string', doc: 'Where to write.' },
  ]
  const dir = t.testdir({
    'ticket.avsc': JSON.stringify({ type: 'record', name: 'Ticket', namespace: 'help', doc: 'A question.', streamable: true, fields }),
  })
  t.same(await lint(dir), {
    code: 1,
    out: `${dir}/ticket.avsc:1: error: "email" looks like personal data and carries no tag. [schema/personal-data-untagged]
    A policy that hides tag:PII shows what does not carry the tag.
    Add "confluent:tags": ["PII"], or have this finding ignored with the reason why it says nothing of a person.
1 error, 0 warnings.
`,
    err: '',
  })
  t.match(JSON.parse((await lint(dir, '--json')).out), { check: 'schema lint', findings: [{ line: 1, file: `${dir}/ticket.avsc` }] })
})

test('schema lint shows a dashboard each file that it has read, those of shared types too', async (t) => {
  const { code, out } = await lint('--format', 'junit')
  t.equal(code, 0)
  t.match(out, /<testsuite name="schema lint" tests="4" failures="0">/)
  for (const file of ['customer', 'order', 'parcel', 'types/address'])
    t.match(out, `  <testcase classname="schema lint" name="schemas/${file}.avsc" file="schemas/${file}.avsc"/>\n`)
})

test('schema lint looks at shared types that nothing needs, too', async (t) => {
  const ticket = { type: 'record', name: 'Ticket', namespace: 'help', doc: 'A question.', streamable: true }
  const fields = [{ name: 'id', type: 'string', doc: 'Its id.' }]
  const place = { type: 'record', name: 'Place', namespace: 'help', doc: 'A place.', fields }
  const dir = t.testdir({ 'ticket.avsc': JSON.stringify({ ...ticket, fields }), types: { 'place.avsc': JSON.stringify(place) } })
  const { code, out } = await lint(dir, '--format', 'junit', '--strict')
  t.equal(code, 1)
  t.match(out, `<failure type="schema/type-unused" message="No entity refers to help.Place.">${dir}/types/place.avsc:1: warning`)
})

test('schema lint leaves with 0 for the folder that the sample has, and with 78 where there is none', async (t) => {
  t.same(await lint('--strict'), { code: 0, out: 'Nothing was found.\n', err: '' })
  t.match(await lint('no/such'), { code: 78, err: /no\/such cannot be read/ })
})

test('one file that cannot be used hides nothing of the others, and is a finding with its line', async (t) => {
  const ticket = { type: 'record', name: 'Ticket', namespace: 'help', doc: 'A question.', streamable: true }
  const email = { name: 'email', type: 'string', doc: 'Where to write.' }
  const dir = t.testdir({
    'broken.avsc': '{\n  "type": "record",\n  oops\n}',
    'deep.avsc': '['.repeat(10_000),
    'folder.avsc': {},
    'number.avsc': '7',
    'ticket.avsc': JSON.stringify({ ...ticket, fields: [{ name: 'id', type: 'string', doc: 'Its id.' }, email] }),
    types: { 'broken.avsc': '{', 'place.avsc': JSON.stringify({ ...ticket, name: 'Place', fields: [] }) },
  })
  writeFileSync(`${dir}/latin1.avsc`, 'Größe', 'latin1')
  const { code, out, err } = await lint(dir, '--format', 'github')
  t.same([code, err], [1, ''])
  const found = out.split('\n').filter((line) => line.startsWith('::error'))
  const places = [
    'types/broken.avsc,line=1',
    'broken.avsc,line=3',
    'deep.avsc,line=1',
    'folder.avsc,line=1',
    'latin1.avsc,line=1',
    'number.avsc,line=1',
    'ticket.avsc,line=1',
  ]
  for (const place of places) t.equal(found.filter((line) => line.includes(`file=${dir}/${place}`)).length, 1, place)
  t.equal(found.length, places.length, 'and nothing is said of what is not known')
  t.match(out, 'looks like personal data')
})
