import { execFileSync } from 'node:child_process'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { exitCodes } from '#tools/cli/exit-codes.js'
import { claimsCommand } from '#tools/cli/control/claims-command.js'
import { revokeCommand } from '#tools/cli/control/revoke-command.js'
import { policyCommand } from '#tools/cli/policy/policy-command.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { typesCommand } from '#tools/cli/schema/types-command.js'
import { tailCommand } from '#tools/cli/tail/tail-command.js'
import { topicsCommand } from '#tools/cli/topics/topics-command.js'
import { FakeTerminal } from '../../support/tools/fake-terminal.js'

async function run(args: readonly string[], environment: Record<string, string> = {}) {
  const terminal = new FakeTerminal()
  const defaults = { registryUrl: environment['SCHEMA_REGISTRY_URL'], entities: environment['ENTITIES'] }
  const commands = [
    tailCommand(),
    policyCommand(environment),
    claimsCommand(environment),
    revokeCommand(environment),
    schemaCommand(defaults),
    typesCommand(defaults),
    topicsCommand(environment),
  ]
  const code = await runCommandLine(args, commands, terminal)
  return { code, out: terminal.out, err: terminal.err }
}

const line = (text: string, ...more: string[]) => [...text.split(' '), ...more]
const policy = ['--policy', 'schemas/policy.json']
/** Each command as it is used rightly, with the place of each file or folder that it reads. */
const uses: readonly { readonly args: readonly string[]; readonly files: readonly number[] }[] = [
  { args: line('schema lint schemas'), files: [2] },
  { args: line('schema diff schemas schemas'), files: [2, 3] },
  { args: line('schema check schemas --against schemas --policy schemas/policy.json'), files: [2, 6] },
  { args: line('schema check schemas --against registry --registry-url http://127.0.0.1:1'), files: [2] },
  { args: line('schema register schemas --registry-url http://127.0.0.1:1 --entities entities.json'), files: [2, 6] },
  { args: line('types schemas --check entities.ts'), files: [1, 3] },
  { args: line('policy lint schemas/policy.json --schemas schemas --config settings.json'), files: [2, 4, 6] },
  { args: line('policy diff schemas/policy.json schemas/policy.json --schemas schemas'), files: [2, 3, 5] },
  { args: line('policy who-can order.total', ...policy), files: [4] },
  { args: line('policy test cases.yaml', ...policy), files: [2, 4] },
  { args: line('policy explain --user claims.json --event event.json --entity order', ...policy), files: [3, 5, 9] },
  { args: line('policy publish schemas/policy.json --brokers 127.0.0.1:1 --topic p --schemas schemas'), files: [2, 8] },
  { args: line('claims set ann claims.json --brokers 127.0.0.1:1 --topic c'), files: [3] },
  { args: line('topics check --brokers 127.0.0.1:1 --entities entities.json'), files: [5] },
]

test('what a line names and cannot be used has one code, whatever the command and whatever is wrong with it', async (t) => {
  const dir = t.testdir({ empty: {}, 'bytes.json': '', 'not.json': '{' })
  execFileSync('mkfifo', [`${dir}/pipe.json`])
  execFileSync('truncate', ['-s', '10M', `${dir}/bytes.json`])
  for (const { args, files } of uses) {
    for (const at of files) {
      for (const name of ['gone.json', 'pipe.json', 'bytes.json', 'gone/further']) {
        const { code, err, out } = await run(args.with(at, `${dir}/${name}`))
        t.equal(code, exitCodes.wrongConfiguration, `${args.join(' ')}: ${name} as ${args[at]}: ${err}`)
        t.match(err, /^[^\n]+\.\n$/, 'one sentence')
        t.equal(out, '')
      }
    }
  }
})

test('what the line itself lacks or says wrongly has another one, also where a variable says it', async (t) => {
  const wrong: (readonly [readonly string[], Record<string, string>?])[] = [
    ...[['nonsense'], ['schema'], ['schema', 'nonsense'], ['policy'], ['topics'], ['tail'], []].map((args) => [args] as const),
    ...uses.map(({ args }) => [[...args, '--nonsense']] as const),
    [line('schema check')],
    [line('schema check --against registry')],
    [line('schema check --against registry'), { SCHEMA_REGISTRY_URL: 'localhost:8081' }],
    [line('schema register')],
    [line('schema register --registry-url ftp://registry')],
    [line('schema lint --format xml')],
    [line('schema lint --entities 1st')],
    [line('schema lint'), { ENTITIES: '1st' }],
    [line('types --entities a,,b')],
    [line('policy test cases.yaml --coverage-min 101')],
    [line('topics check')],
    [line('topics check --brokers localhost')],
    [line('topics check'), { KAFKA_BROKERS: 'localhost' }],
    [line('topics check --brokers a:1 --entities 1st')],
    [line('tail order-1 --token t --url http://127.0.0.1')],
  ]
  for (const [args, environment] of wrong) {
    const { code, out, err } = await run(args, environment)
    t.equal(code, exitCodes.wrongUse, `${args.join(' ')}: ${err}`)
    t.equal(out, '', args.join(' '))
    t.match(err, /--help|Usage/, args.join(' '))
  }
})

test('what cannot be reached has a third one, and the sentence says where it was looked for', async (t) => {
  for (const at of ['schema register', 'schema check --against registry']) {
    const { code, err } = await run(line(at, '--registry-url', 'http://ann:hidden@127.0.0.1:1/api?token=hidden'))
    t.equal(code, exitCodes.unavailable)
    t.match(err, /ECONNREFUSED \(at http:\/\/127\.0\.0\.1:1\/api\?…\)\.\n$/)
    t.notMatch(err, 'hidden')
  }
  t.match(await run(line('topics check --brokers 127.0.0.1:1')), { code: exitCodes.unavailable, err: /127\.0\.0\.1:1/ })
  t.match(await run(line('tail order-1 --token t --url ws://127.0.0.1:1')), { code: exitCodes.unavailable, err: /127\.0\.0\.1:1/ })
})
