import { writeFileSync } from 'node:fs'
import { test, type Test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

async function diff(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['schema', 'diff', ...args], [schemaCommand()], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

const ticket = (...fields: object[]) => JSON.stringify({ type: 'record', name: 'Ticket', streamable: true, fields })
const id = { name: 'id', type: 'string' }

function folders(t: Test): { before: string; after: string } {
  const dir = t.testdir({
    before: { 'ticket.avsc': ticket(id, { name: 'count', type: 'int' }, { name: 'note', type: 'string' }), 'order.avsc': ticket(id) },
    after: { 'ticket.avsc': ticket({ ...id, 'confluent:tags': ['PII'] }, { name: 'count', type: 'long' }), 'visit.avsc': ticket(id) },
  })
  return { before: `${dir}/before`, after: `${dir}/after` }
}

test('schema diff says by meaning what differs, entity by entity', async (t) => {
  const { before, after } = folders(t)
  t.same(await diff(before, after), {
    code: 1,
    out: `- order is removed
ticket
  + id is tagged PII now
  ~ count is wider: int before, long now (breaks forward)
  - note is removed; it had no default (breaks forward)
+ visit is added
`,
    err: '',
  })
})

test('schema diff says the same to machines, and compares single files whatever they are called', async (t) => {
  const { before, after } = folders(t)
  t.same(JSON.parse((await diff(`${before}/order.avsc`, `${after}/ticket.avsc`, '--json')).out), {
    entities: [
      {
        entity_type: 'ticket',
        presence: 'both',
        changes: [
          { kind: 'tag-added', path: 'id', what: 'is tagged PII now', breaks: [], file: `${after}/ticket.avsc` },
          {
            kind: 'field-added',
            path: 'count',
            what: 'is added (long), without a default',
            breaks: ['backward'],
            file: `${after}/ticket.avsc`,
          },
        ],
      },
    ],
  })
})

test('schema diff leaves with 0 where they mean the same, and with 78 where one cannot be used', async (t) => {
  const { before } = folders(t)
  t.same(await diff(before, before), { code: 0, out: 'They mean the same.\n', err: '' })
  writeFileSync(`${before}/order.avsc`, ticket({ name: 'id', type: 'Missing' }))
  t.match(await diff(before, before), { code: 78, err: /order\.avsc is no valid schema: .*Missing/ })
  t.match(await diff(before, 'no.avsc'), { code: 78, err: /no\.avsc cannot be read/ })
  t.equal((await diff(before)).code, 64)
})
