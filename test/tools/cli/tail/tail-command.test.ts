import { rmSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { tailCommand, type TailRequest } from '#tools/cli/tail/tail-command.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

/** What is to be followed, or the exit code where nothing is. */
async function parse(...args: string[]): Promise<{ result: TailRequest | number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  let request: TailRequest | undefined
  const command = tailCommand((asked) => {
    request = asked
    return Promise.resolve(0)
  })
  const code = await runCommandLine(args, [command], terminal)
  return { result: request ?? code, out: terminal.out, err: terminal.err }
}

async function addressOf(...args: string[]): Promise<string> {
  const { result } = await parse('tail', 'order-1', '--token', 'a.b.c', ...args)
  return typeof result === 'number' ? `exit ${result}` : `${result.url} ${result.clientId}`
}

test('needs only an entity and a token', async (t) => {
  const { url, clientId, token, ...rest } = (await parse('tail', 'order-1', '--token', 'a.b.c')).result as TailRequest
  t.equal(url, 'ws://127.0.0.1:8080/')
  t.match(clientId, /^tail-[0-9a-f-]{36}$/)
  t.not(await addressOf(), await addressOf())
  t.equal(token(), 'a.b.c')
  t.same(rest, { entityId: 'order-1', entityType: undefined, json: false })
})

test('takes every option', async (t) => {
  const { result } = await parse(
    'tail',
    'x',
    '--token',
    't',
    '--url',
    'wss://shop.example',
    '--entity-type',
    'order',
    '--client-id',
    'me',
    '--json',
  )
  const { url, clientId, token, ...rest } = result as TailRequest
  t.equal(url, 'wss://shop.example/')
  t.equal(clientId, 'me')
  t.equal(token(), 't')
  t.same(rest, { entityId: 'x', entityType: 'order', json: true })
})

test('follows a list where there is a filter in place of an entity', async (t) => {
  const filter = ['--type', 'order', '--where', '{"status":"PAID","total":{"$gt":5}}', '--token', 't']
  const { result } = await parse('tail', ...filter, '--fields', 'id, items.sku', '--fields', 'total')
  t.match(result, {
    entityId: undefined,
    entityType: 'order',
    where: { status: 'PAID', total: { $gt: 5 } },
    fields: ['id', 'items.sku', 'total'],
  })
  t.match((await parse('tail', '--entity-type', 'order', '--where', '{}', '--token', 't')).result, { entityType: 'order', where: {} })
})

test('reads the token from a file each time that it needs one', async (t) => {
  const dir = t.testdir({ token: 'a.b.c\n' })
  const { token } = (await parse('tail', 'x', '--token-file', `${dir}/token`)).result as TailRequest
  t.equal(token(), 'a.b.c')
  writeFileSync(`${dir}/token`, 'd.e.f')
  t.equal(token(), 'd.e.f')
  writeFileSync(`${dir}/token`, 'd.e.f\nauthorization: x')
  t.throws(token, { name: 'ConfigurationError', message: /must hold a JWT/ })
  rmSync(`${dir}/token`)
  t.throws(token, { name: 'ConfigurationError', message: /cannot be read/ })
})

test('keeps the path under which a proxy has the gateway', async (t) => {
  t.equal(await addressOf('--url', 'wss://shop.example/stream/', '--client-id', 'a b?%'), 'wss://shop.example/stream/ a b?%')
})

test('leaves with 64 and says why when it is used wrongly', async (t) => {
  const valid = ['tail', 'x', '--token', 't']
  const wrong: [string[], RegExp][] = [
    [[], /Usage/],
    [['follow'], /unknown command/],
    [['tail', '--token', 't'], /entity_id/],
    [['tail', 'x'], /--token/],
    [['tail', 'x', '--token', 't', '--token-file', 'f'], /One of --token and --token-file/],
    [['tail', 'x', 'y', '--token', 't'], /too many arguments/],
    [['tail', '', '--token', 't'], /1 to 256/],
    [['tail', 'x'.repeat(257), '--token', 't'], /1 to 256/],
    [['tail', 'x', '--token', 'a\nb'], /must be a JWT/],
    [[...valid, '--url', 'http://x'], /ws:\/\//],
    [[...valid, '--url', '127.0.0.1:8080'], /ws:\/\//],
    [[...valid, '--url', 'ws://x/#y'], /fragment/],
    [[...valid, '--url', 'ws://x/?y'], /query/],
    [['tail', 'x', '--token', 'a=b'], /must be a JWT/],
    [[...valid, '--client-id', 'a/b'], /slash/],
    [[...valid, '--client-id', '..'], /slash/],
    [[...valid, '--client-id', ''], /1 to 256/],
    [[...valid, '--entity-type', ''], /1 to 256/],
    [[...valid, '--verbose'], /unknown option/],
    [['tail', '--token', 't', '--type', 'order'], /--where/],
    [['tail', '--token', 't', '--where', '{}'], /--type/],
    [['tail', '--token', 't', '--type', 'order', '--fields', 'a'], /--where/],
    [[...valid, '--where', '{}'], /no entity_id/],
    [[...valid, '--fields', 'id'], /no entity_id/],
    ...['[]', '{', 'status', '{"number":9007199254740993}'].map((where): [string[], RegExp] => [
      ['tail', '--token', 't', '--type', 'order', '--where', where],
      /JSON object/,
    ]),
    [['tail', '--token', 't', '--type', 'order', '--where', '{}', '--fields', 'a,,b'], /patterns/],
  ]
  for (const [args, said] of wrong) {
    const { result, out, err } = await parse(...args)
    t.equal(result, 64, args.join(' '))
    t.match(err, said)
    t.equal(out, '')
  }
})

test('writes its help to the output when it is asked for', async (t) => {
  const { result, out } = await parse('tail', '--help')
  t.equal(result, 0)
  t.match(out, /--entity-type[^]*Examples:\n {2}sluice tail order-1001 [^]*Exit codes/)
})
