import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'
import { GitFolder } from '../../../support/schemas/git-folder.js'

async function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['schema', 'check', ...args], [schemaCommand()], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

const ticket = (...fields: object[]) => ({
  type: 'record',
  name: 'Ticket',
  streamable: true,
  fields: [{ name: 'id', type: 'string' }, ...fields],
})

test('schema check says which change breaks which readers, against a folder and against a commit', async (t) => {
  const repository = new GitFolder(t)
  repository.commit({ 'ticket.avsc': ticket(), '../live/ticket.avsc': ticket() })
  repository.write({ 'ticket.avsc': ticket({ name: 'count', type: 'int' }) })
  const { schemas } = repository
  const expected = (
    against: string,
  ) => `${schemas}/ticket.avsc:1: error: "ticket.count" is added (int), without a default (against ${against}). [schema/backward-incompatible]
    Consumers that have the new schema cannot read what was written with the old one and is still on the topic.
    Add fields with a default, keep an alias of what is renamed, and only widen types.
1 error, 0 warnings.
`
  t.same(await check(schemas, '--against', 'HEAD'), { code: 1, out: expected('HEAD'), err: '' })
  const live = `${schemas}/../live`
  t.same(await check(schemas, '--against', live), { code: 1, out: expected(live), err: '' })
  t.same(await check(schemas, '--against', 'HEAD', '--level', 'FORWARD'), { code: 0, out: 'Nothing was found.\n', err: '' })
  const junit = (await check(schemas, '--against', 'HEAD', '--format', 'junit')).out
  t.match(junit, `  <testcase classname="schema check" name="${schemas}/ticket.avsc" file="${schemas}/ticket.avsc">\n    <failure type=`)
  t.match(JSON.parse((await check(schemas, '--against', live, '--json')).out), { check: 'schema check', findings: [{ line: 1 }] })
})

test('schema check asks a transitive level of the whole history', async (t) => {
  const repository = new GitFolder(t)
  repository.commit({ 'ticket.avsc': ticket({ name: 'count', type: 'int' }) })
  repository.commit({ 'ticket.avsc': ticket() })
  repository.write({ 'ticket.avsc': ticket({ name: 'count', type: 'string', default: '' }) })
  t.equal((await check(repository.schemas, '--against', 'HEAD')).code, 0)
  t.match(await check(repository.schemas, '--against', 'HEAD', '--level', 'BACKWARD_TRANSITIVE'), {
    code: 1,
    out: /int before, string now/,
  })
})

test('schema check warns of an entity that is gone, and leaves with 78 where there is nothing to compare with', async (t) => {
  const repository = new GitFolder(t)
  repository.commit({ 'ticket.avsc': ticket(), 'visit.avsc': ticket() })
  repository.write({ 'visit.avsc': undefined })
  t.match(await check(repository.schemas, '--against', 'HEAD'), {
    code: 0,
    out: /HEAD:visit\.avsc: warning: The schema of "visit" is gone/,
  })
  t.equal((await check(repository.schemas, '--against', 'HEAD', '--strict')).code, 1)
  t.match(await check(repository.schemas, '--against', 'nowhere'), { code: 78, err: /"nowhere" is neither a folder nor a commit/ })
  const within = `${repository.schemas}/ticket.avsc/main`
  t.match(await check(repository.schemas, '--against', within), { code: 78, err: /ticket\.avsc\/main" is neither a folder nor a commit/ })
  t.match(await check(repository.schemas), { code: 64, err: /--against/ })
  t.match(await check(repository.schemas, '--against', 'HEAD', '--level', 'BACK'), { code: 64, err: /Allowed choices/ })
})

test('schema check warns where there was no schema before, as in a folder that has been moved', async (t) => {
  const repository = new GitFolder(t)
  repository.commit({ 'ticket.avsc': ticket() })
  repository.write({ '../moved/ticket.avsc': ticket({ name: 'count', type: 'int' }), '../empty/notes.json': {} })
  const moved = `${repository.schemas}/../moved`
  for (const more of [['HEAD'], ['HEAD', '--level', 'FULL_TRANSITIVE'], [`${moved}/../empty`]])
    t.match(await check(moved, '--against', ...more), {
      code: 0,
      out: `${moved}: warning: There was no schema before (against ${more[0]!}), so that nothing was compared. [schema/nothing-before]`,
    })
  t.equal((await check(moved, '--against', 'HEAD', '--strict')).code, 1)
  t.notMatch((await check(repository.schemas, '--against', 'HEAD')).out, /nothing-before/)
})

test('schema check says what each role would see that it did not', async (t) => {
  const repository = new GitFolder(t)
  repository.commit({ 'ticket.avsc': ticket() })
  repository.write({ 'ticket.avsc': ticket({ name: 'cost', type: 'int', default: 0, 'confluent:tags': ['INTERNAL'] }) })
  const rule = { action: 'read', subject: 'ticket', fields: ['**'] }
  repository.write({ '../open.json': { roles: { all: [rule] } }, '../broken.json': { roles: [] } })
  const dir = `${repository.schemas}/..`
  t.match(await check(repository.schemas, '--against', 'HEAD', '--policy', `${dir}/open.json`), {
    code: 1,
    out: /ticket\.avsc:1: error: "all" would see ticket\.cost \(INTERNAL\) always, and saw it never\. \[schema\/tagged-field-shown\]/,
  })
  t.equal((await check(repository.schemas, '--against', 'HEAD')).code, 0)
  t.match(await check(repository.schemas, '--against', 'HEAD', '--policy', `${dir}/broken.json`), { code: 78, err: /policy's roles/ })
})

test('schema check leaves with 69 where the address is not that of a registry', async (t) => {
  const repository = new GitFolder(t)
  repository.write({ 'ticket.avsc': ticket() })
  for (const [status, body] of [[404, 'nothing here'] as const, [200, '[]'] as const]) {
    const server = createServer((_request, response) => void response.writeHead(status).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    t.match(await check(repository.schemas, '--against', 'registry', '--registry-url', url), {
      code: 69,
      err: /^The schema registry: .*what answers at this address is not the root of its API \(at http:[^ ]+\)\.\n$/,
    })
  }
})
