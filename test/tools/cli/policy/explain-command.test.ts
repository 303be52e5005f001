import { test } from 'tap'
import { uniqueName } from '../../../support/kafka/kafka-topics.js'
import { skipRealParts } from '../../../support/real-parts/real-parts.js'
import { onControlTopic, runControl } from '../../../support/tools/control-commands.js'
import { runPolicy } from '../../../support/tools/policy-run.js'

const parcel = { id: 'parcel-1', name: 'Ann' }
const schema = {
  type: 'record',
  name: 'Parcel',
  streamable: true,
  fields: [
    { name: 'id', type: 'string' },
    { name: 'name', type: 'string', 'confluent:tags': ['PII'] },
    { name: 'weight', type: 'long' },
  ],
}
const read = { action: 'read', subject: 'parcel' }
const policy = {
  roles: {
    support: [
      { ...read, fields: ['**'] },
      { ...read, inverted: true, fields: ['tag:PII'], conditions: { weight: { $gt: '9007199254740992' } } },
    ],
  },
}

const files = {
  'policy.json': JSON.stringify(policy, undefined, 1),
  'event.json': JSON.stringify(parcel).replace('}', ',"weight":9007199254740993}'),
  'wrong.json': JSON.stringify({ ...parcel, weight: '1 kg' }),
  'claims.json': '{"sub":"amy","groups":["support"]}',
  schemas: { 'parcel.avsc': JSON.stringify(schema) },
}

test('explain writes each field with the rule that decides, and what is sent', async (t) => {
  const dir = t.testdir(files)
  const explain = (event: string, ...more: string[]) =>
    runPolicy(
      ...['explain', '--user', `${dir}/claims.json`, '--event', `${dir}/${event}`, '--entity', 'parcel', '--roles-claim', 'groups'],
      ...['--policy', `${dir}/policy.json`, '--schemas', `${dir}/schemas`, ...more],
    )
  const condition = 'weight > "9007199254740992"'
  t.same(await explain('event.json'), {
    code: 0,
    out: [
      'shown   id      roles.support[0] (line 4)',
      `hidden  name    roles.support[1] (line 11): ${condition} holds, the event's weight is 9007199254740993`,
      'shown   weight  roles.support[0] (line 4)',
      '',
      'Sent is {"id":"parcel-1","weight":9007199254740993}',
      '',
    ].join('\n'),
    err: '',
  })
  const { fields, sent } = JSON.parse((await explain('event.json', '--json')).out) as { fields: unknown[]; sent: unknown }
  t.equal(sent, '{"id":"parcel-1","weight":9007199254740993}')
  t.same(fields[1], {
    path: 'name',
    shown: false,
    by: {
      ...{ rule: 'roles.support[1]', line: 11, shows: false, outcome: 'holds', condition },
      ...{ token: [], event: [{ name: 'weight', value: '9007199254740993' }] },
    },
    passed: [],
  })
  t.match(await explain('wrong.json'), { code: 78, err: `The event's weight is the string "1 kg" and must be a whole number of 64 bits.` })
  t.match(await explain('event.json', '--entity', 'order'), { code: 78, err: /no schema of the entity type "order"/ })
  t.match((await explain('event.json', '--roles-claim', 'roles')).out, /Nothing is sent\.\n$/)
  t.match(JSON.parse((await explain('event.json', '--roles-claim', 'roles', '--json')).out), { sent: null })
})

test('explain says what a client is told of a change, with the fields before it', async (t) => {
  const policy = JSON.stringify({ roles: { support: [{ ...read, fields: ['id'], conditions: { weight: { $gt: 10 } } }] } })
  const dir = t.testdir({
    ...files,
    'policy.json': policy,
    'claims.json': '{"roles":["support"]}',
    'heavy.json': JSON.stringify({ ...parcel, weight: 11 }),
    'light.json': JSON.stringify({ ...parcel, weight: 9 }),
  })
  const where = ['--entity', 'parcel', '--policy', `${dir}/policy.json`, '--schemas', `${dir}/schemas`]
  const explain = async (before: string, event: string | undefined, ...more: string[]) => {
    const now = event === undefined ? [] : ['--event', `${dir}/${event}.json`]
    return (await runPolicy('explain', '--user', `${dir}/claims.json`, '--before', `${dir}/${before}.json`, ...now, ...where, ...more)).out
  }
  const rule = 'roles.support[0] (line 1): weight > 10'
  const others = ['hidden  name    no rule shows it', 'hidden  weight  no rule shows it']
  t.equal(
    await explain('light', 'heavy'),
    [
      'Before the event:',
      'hidden  id      no rule shows it',
      `                not by ${rule} fails, the event's weight is 9`,
      ...others,
      '',
      'The event:',
      `shown   id      ${rule} holds, the event's weight is 11`,
      ...others,
      '',
      'Sent is a create {"id":"parcel-1"}',
      '',
    ].join('\n'),
  )
  t.match(await explain('heavy', 'heavy'), /\nSent is an update \{"id"[^]*\}\n$/)
  t.match(await explain('heavy', 'light'), /\nSent is a delete \{\}\n$/)
  t.match(await explain('light', 'light'), /\nNothing is sent\.\n$/)
  t.match(await explain('heavy', undefined), /^Before the event:\nshown [^]*\nThe event deletes the entity\.\n\nSent is a delete \{\}\n$/)
  t.match(JSON.parse(await explain('heavy', 'light', '--json')), {
    ...{ operation: 'delete', sent: null },
    fields: [{ path: 'id', shown: false }],
    fields_before: [{ path: 'id', shown: true }],
  })
})

test('explain leaves with 64 where a file is not named, and with 78 where one is no token', async (t) => {
  const dir = t.testdir({ ...files, 'list.json': '[]' })
  t.match(await runPolicy('explain', '--user', 'x'), { code: 64, err: /--entity/ })
  t.match(await runPolicy('explain', '--user', 'x', '--entity', 'parcel'), { code: 64, err: /--event/ })
  const rest = ['--event', `${dir}/event.json`, '--entity', 'parcel', '--policy', `${dir}/policy.json`, '--schemas', `${dir}/schemas`]
  t.match(await runPolicy('explain', '--user', `${dir}/list.json`, ...rest), { code: 78, err: /must hold an object: the claims/ })
})

test('explain and who-can say that a type is not streamable, beside what the policy says of it', async (t) => {
  const still = { 'parcel.avsc': JSON.stringify({ ...schema, streamable: false }) }
  const dir = t.testdir({ ...files, 'claims.json': '{"roles":["support"]}', schemas: still })
  const where = ['--policy', `${dir}/policy.json`, '--schemas', `${dir}/schemas`]
  const event = ['--user', `${dir}/claims.json`, '--event', `${dir}/event.json`, '--entity', 'parcel']
  const err = '"parcel" is not streamable: the gateway sends nothing of it, unless ENTITIES says that it is.\n'
  t.match(await runPolicy('explain', ...event, ...where), { code: 0, out: /^shown {3}id/, err })
  t.match(await runPolicy('who-can', 'parcel.id', ...where), { code: 0, out: 'support  parcel.id  always\n', err })
})

test('explain reads the policy and the claims of a user from their topics', { skip: skipRealParts }, async (t) => {
  const { topics, topic: claimsTopic, variables } = await onControlTopic(t, 'CLAIMS_TOPIC')
  const policyTopic = uniqueName('policy')
  await topics.create(policyTopic, 1, { 'cleanup.policy': 'compact' })
  const named = { ...read, fields: ['id', 'name'], conditions: { name: '${user.name}' } }
  await topics.produce(policyTopic, [{ key: 'policy', value: JSON.stringify({ roles: { support: [named], other: [] } }) }])
  await topics.produce(claimsTopic, [{ key: 'amy', value: '{"name":"Ann","roles":["support"]}' }])
  await topics.produce(claimsTopic, [{ key: 'ben', value: '{' }])
  const dir = t.testdir(files)
  const line = ['policy', 'explain', '--event', `${dir}/event.json`, '--entity', 'parcel', '--schemas', `${dir}/schemas`]
  const run = (...more: string[]) => runControl({ ...variables, POLICY_TOPIC: policyTopic }, ...line, ...more)
  const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
  const byTopic = /name = \$\{user\.name\} .*by the claims' topic the user's name is "Ann"[^]*Sent is \{"id":"parcel-1","name":"Ann"\}/
  t.match(await run('--as', 'amy', '--role', 'other'), { code: 0, out: byTopic })
  t.match(await run('--as', 'amy', '--token', token({ sub: 'amy', name: 'Other' })), { code: 0, out: byTopic })
  t.match(await run('--as', 'cem', '--role', 'support'), {
    code: 0,
    out: /cannot be asked, the token's name is not there[^]*Nothing is sent/,
  })
  t.match(
    await run('--as', 'amy', '--role', 'other', '--policy', `${dir}/policy.json`),
    { code: 0, out: /Sent is .*weight/ },
    'a file that is given',
  )
  t.match(await run('--as', 'ben', '--role', 'support'), { code: 78, err: /cannot be read: the user has no rights/ })
  t.match(await run('--as', 'amy', '--token', token({ sub: 'ben' })), { code: 64, err: /of another user/ })
  for (const [args, why] of [
    [['--as', 'amy', '--token', 'nonsense'], 'is no JWT'],
    [['--as', 'amy'], 'give --token or --role'],
    [[], 'Give one of --user and --as'],
  ] as const)
    t.match(await run(...args), { code: 64, err: why })
})
