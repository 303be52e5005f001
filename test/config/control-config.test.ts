import { test } from 'tap'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'

const withoutPolicy = { ...kafkaEnvironment, POLICY_FILE: undefined }
const mib = 1024 * 1024

test('reads which topics say who may see what', async (t) => {
  t.same(configOf(kafkaEnvironment).control, { policyTopic: undefined, claims: undefined, revocationsTopic: undefined })
  const { control, policy } = configOf({
    ...withoutPolicy,
    POLICY_TOPIC: 'sluice.policy',
    CLAIMS_TOPIC: 'sluice.claims',
    REVOCATIONS_TOPIC: 'r',
  })
  t.same(control, {
    policyTopic: 'sluice.policy',
    claims: { topic: 'sluice.claims', topicOnly: [], bytesMax: 128 * mib },
    revocationsTopic: 'r',
  })
  t.equal(policy, undefined)
  const told = { CLAIMS_TOPIC: 'c', CLAIMS_TOPIC_ONLY: 'groups, realm_access.roles', CLAIMS_BYTES_MAX: String(mib) }
  t.same(configOf({ ...kafkaEnvironment, ...told }).control.claims, {
    topic: 'c',
    topicOnly: ['groups', 'realm_access.roles'],
    bytesMax: mib,
  })
  t.ok(configOf({ POLICY_TOPIC: 'policy' }).control.policyTopic, 'in the embedded default they are in memory')
})

test('refuses topics that contradict each other or mean nothing', async (t) => {
  t.match(refusalOf({ ...kafkaEnvironment, POLICY_TOPIC: 'p' }), 'POLICY_FILE and POLICY_TOPIC are both set')
  t.match(refusalOf({ ...withoutPolicy, POLICY_TOPIC: 'p', CLAIMS_TOPIC: 'p' }), 'POLICY_TOPIC and CLAIMS_TOPIC are both "p"')
  for (const name of ['POLICY_TOPIC', 'CLAIMS_TOPIC', 'REVOCATIONS_TOPIC'])
    t.match(refusalOf({ ...withoutPolicy, POLICY_TOPIC: 'p', [name]: 'a b' }), `${name} is "a b"; it must be`)
  t.match(refusalOf({ ...kafkaEnvironment, CLAIMS_TOPIC_ONLY: 'groups' }), 'CLAIMS_TOPIC_ONLY is set, but CLAIMS_TOPIC is not.')
  t.match(
    refusalOf({ ...kafkaEnvironment, CLAIMS_TOPIC: 'c', CLAIMS_TOPIC_ONLY: 'groups,sub' }),
    'names "sub", which comes from tokens alone',
  )
})
