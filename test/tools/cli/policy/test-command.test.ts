import { test } from 'tap'
import { runPolicy } from '../../../support/tools/policy-run.js'

const schema = {
  type: 'record',
  name: 'Parcel',
  streamable: true,
  fields: ['id', 'region', 'name'].map((name) => ({ name, type: 'string' })),
}
const policy = `{ "roles": { "clerk": [
  { "action": "read", "subject": "parcel", "fields": ["id", "region"] },
  { "action": "read", "subject": "parcel", "fields": ["name"], "conditions": { "region": "\${user.region}" } },
  { "inverted": true, "action": "read", "subject": "parcel", "fields": ["**"], "conditions": { "region": "cn" } }
] } }`
const cases = `
- name: a clerk sees no names
  user: &amy { roles: [clerk], region: eu }
  entity: parcel
  event: &parcel { id: p-1, region: eu, name: Ann }
  expect: [id, region]
- name: of another region a clerk sees the data without the name
  user: *amy
  entity: parcel
  event: { <<: *parcel, region: us }
  expect: { id: p-1, region: us }
- name: what nobody can run
  user: *amy
  entity: parcel
  event: { id: p-1 }
  expect: update
`

function files(text: string): Record<string, string | Record<string, string>> {
  return {
    'policy.json': policy,
    'cases.yaml': text,
    'settings.json': JSON.stringify({ rules: { 'policy/case-failed': 'warning', 'policy/case-broken': 'off' } }),
    schemas: { 'parcel.avsc': JSON.stringify(schema) },
  }
}

function runner(dir: string): (...more: string[]) => ReturnType<typeof runPolicy> {
  const rest = ['--policy', `${dir}/policy.json`, '--schemas', `${dir}/schemas`]
  return async (...more) => {
    const { code, out, err } = await runPolicy('test', `${dir}/cases.yaml`, ...rest, ...more)
    return { code, out: out.replaceAll(`${dir}/`, ''), err: err.replaceAll(`${dir}/`, '') }
  }
}

test('test writes what failed, by which rule, and which rules decide nothing', async (t) => {
  const run = runner(t.testdir(files(cases)))
  t.same(await run('--coverage-min', '70'), {
    code: 1,
    out: [
      'failed  cases.yaml:2  a clerk sees no names',
      '  expected  ["id","region"]',
      '  got       ["id","region","name"]',
      `  shown     name: roles.clerk[1] (line 3): region = \${user.region} holds, the token's region is "eu", the event's region is "eu"`,
      `            not by roles.clerk[2] (line 4): region = "cn" fails, the event's region is "eu"`,
      '',
      'failed  cases.yaml:12  what nobody can run',
      "  cannot be run  The event's region is missing.",
      '',
      '1 of 3 cases hold.',
      '2 of 3 rules decide something (66 %).',
      '  undecided  policy.json:4  roles.clerk[2]',
      'The cases need 66 % of the 3 rules, of 70 % that are asked for.',
      '',
    ].join('\n'),
    err: '',
  })
})

test('test writes its findings for machines', async (t) => {
  const run = runner(t.testdir(files(cases)))
  const json = JSON.parse((await run('--json')).out) as Record<string, unknown>
  t.match(json, {
    check: 'policy test',
    findings: [
      { rule: 'policy/case-failed', line: 2 },
      { rule: 'policy/case-broken', line: 12 },
      { rule: 'policy/rule-undecided', line: 4 },
    ],
    cases: [{ name: 'a clerk sees no names', line: 2, outcome: 'failed' }, { outcome: 'passed' }, { outcome: 'broken' }],
    coverage: { rules: 3, undecided: [{ rule: 'roles.clerk[2]', line: 4 }], percent: 66 },
  })
  t.match(
    (await run('--format', 'github')).out,
    /^::error file=cases\.yaml,line=2,title=policy\/case-failed::"a clerk sees no names" expects/,
  )
})

test('test shows a dashboard each of its cases, and the policy', async (t) => {
  const { out } = await runner(t.testdir(files(cases)))('--format', 'junit')
  const shown = [...out.matchAll(/<testcase classname="policy test" name="(.*?)".*?>(?:\n {4}<(failure|system-out))?/g)]
  t.same(
    shown.map(([, name, outcome]) => [name, outcome]),
    [
      ['a clerk sees no names', 'failure'],
      ['of another region a clerk sees the data without the name', undefined],
      ['what nobody can run', 'failure'],
      ['policy.json', 'system-out'],
    ],
  )
})

test('test says once that a type is not streamable, beside what the policy says of it', async (t) => {
  const dir = t.testdir({ ...files(cases), schemas: { 'parcel.avsc': JSON.stringify({ ...schema, streamable: false }) } })
  const { out, err } = await runner(dir)()
  t.equal(err, '"parcel" is not streamable: the gateway sends nothing of it, unless ENTITIES says that it is.\n')
  t.match(out, '1 of 3 cases hold.')
  t.equal((await runner(t.testdir(files(cases)))()).err, '')
})

test('test heeds the settings of the project, and is strict where it is told', async (t) => {
  const dir = t.testdir(files(cases))
  const run = runner(dir)
  const lenient = await run('--config', `${dir}/settings.json`)
  t.equal(lenient.code, 0)
  t.notMatch(lenient.out, /what nobody can run/)
  t.equal((await run('--config', `${dir}/settings.json`, '--strict')).code, 1)
})

test('test leaves with 0 where all cases hold, with 78 without cases and with 64 where it is used wrongly', async (t) => {
  const held = cases.slice(0, cases.indexOf('- name: what')).replace('expect: [id, region]', 'expect: [id, region, name]')
  const good = await runner(t.testdir(files(held)))('--coverage-min', '66')
  t.equal(good.code, 0)
  t.match(good.out, /^2 of 2 cases hold\.\n2 of 3 rules/)
  t.match(await runner(t.testdir(files('[]')))(), { code: 78, err: 'cases.yaml must hold a list of at least one case.\n' })
  t.match(await runPolicy('test', 'x', '--coverage-min', '101'), { code: 64, err: /from 0 to 100/ })
})
