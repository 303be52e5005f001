import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { test, type Test } from 'tap'
import { operations } from '#entities.js'
import { EntityPublisher } from '#publisher/entity-publisher.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { KafkaTopics, uniqueName } from './support/kafka/kafka-topics.js'
import { ownRegistry, realParts, skipOwnParts } from './support/real-parts/real-parts.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { WsClient } from './support/clients/ws-client.js'

/** What a gateway with `ENTITIES=*` takes from one look at the registry to the next, and some for a machine that is busy. */
const nextLookMs = 15_000
const [ticket, visit] = [uniqueName('ticket'), uniqueName('visit')]
const schemaOf = (name: string, streamable: boolean, ...fields: string[]) =>
  JSON.stringify({
    type: 'record',
    name,
    streamable,
    fields: ['id', 'status', ...fields].map((field) => ({ name: field, type: 'string', default: '' })),
  })
const rule = (subject: string) => ({ action: 'read', subject, fields: ['id', 'status'] })

/** A data team's folder and its registry, which no other test fills with types. */
async function dataTeam(t: Test) {
  const registry = await ownRegistry()
  t.teardown(() => registry.stop())
  const folder = t.testdir({ schemas: {}, 'policy.json': JSON.stringify({ roles: { clerk: [rule(ticket), rule(visit)] } }) })
  const write = (entityType: string, text: string) => writeFileSync(`${folder}/schemas/${entityType}.avsc`, text)
  const register = async () => {
    const args = ['dist/src/sluice.js', 'schema', 'register', `${folder}/schemas`, '--registry-url', registry.url]
    await promisify(execFile)(process.execPath, args)
  }
  return { folder, url: registry.url, write, register }
}

async function topicsOn(t: Test, brokers: readonly string[]): Promise<KafkaTopics> {
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  for (const entityType of [ticket, visit]) for (const operation of operations) await topics.create(`${entityType}.${operation}`, 2)
  return topics
}

async function clientOf(t: Test, gateway: GatewayProcess, name: string) {
  const headers = bearerHeaders(await signedToken({ roles: ['clerk'] }))
  const client = await WsClient.connect(`${gateway.url!}/ws/${name}`, { protocols: ['sluice.v1'], headers })
  t.teardown(() => client.socket.terminate())
  let refs = 0
  const received = (): Record<string, unknown>[] => client.messages()
  const has = (...members: [string, unknown][]) => received().some((one) => members.every(([name, value]) => one[name] === value))
  /** Resolves with the answer's type, or the code of the error. */
  const subscribe = async (entityType: string) => {
    const ref = refs++
    client.ask({ type: 'subscribe', entity_id: 'one', entity_type: entityType, ref })
    await until('an answer', () => has(['ref', ref]))
    const answer = received().find((one) => one['ref'] === ref)!
    return answer['code'] ?? answer['type']
  }
  return { received, has, subscribe }
}

void test(
  'a type that a data team registers is streamed without a restart, until its schema says otherwise',
  { skip: skipOwnParts },
  async (t) => {
    const team = await dataTeam(t)
    const { brokers } = await realParts()
    await topicsOn(t, brokers)
    team.write(ticket, schemaOf('Ticket', true))
    await team.register()
    const parts = { KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: team.url }
    const entities = { ENTITIES: `*,${ticket}`, POLICY_FILE: `${team.folder}/policy.json`, JWT_SECRET: secret }
    const gateway = await GatewayProcess.start(t, { ...parts, ...entities })
    const logs = (...words: string[]) => gateway.log.some((line) => words.every((word) => JSON.stringify(line).includes(word)))
    const client = await clientOf(t, gateway, 'first')
    t.equal(await client.subscribe(ticket), 'subscription_success')
    t.equal(await client.subscribe(visit), 'entity_type_unknown')

    // A new type, and a new field of the one that is there.
    team.write(visit, schemaOf('Visit', true))
    team.write(ticket, schemaOf('Ticket', true, 'remark'))
    await team.register()
    const publisher = await EntityPublisher.create({ brokers, registry: { url: team.url }, schemas: `${team.folder}/schemas` })
    t.teardown(() => publisher.close())
    await until('the new type', () => logs('An entity type was found in the registry', visit), nextLookMs)
    await until('a subscription to it', async () => (await client.subscribe(visit)) === 'subscription_success')
    await publisher.publish(visit, 'create', { id: 'one', status: 'PLANNED' })
    await publisher.publish(ticket, 'update', { id: 'one', status: 'OPEN', remark: 'for us alone' })
    const updateOf = (entityType: string) =>
      client.received().find((one) => one['type'] === 'entity_update' && one['entity_type'] === entityType)
    await until('both updates', () => updateOf(visit) !== undefined && updateOf(ticket) !== undefined)
    t.match(updateOf(visit), { operation: 'create', data: { id: 'one', status: 'PLANNED' } })
    t.same(updateOf(ticket)?.['data'], { id: 'one', status: 'OPEN' }, 'the new field stays hidden')
    await until('the log to name it', () => logs('remark', ticket), nextLookMs)
    t.match(await gateway.metrics(), `sluice_fields_without_rule{entity_type="${ticket}"} 1\n`)

    team.write(visit, schemaOf('Visit', false))
    await team.register()
    await until('its end', () => client.has(['code', 'entity_type_stopped'], ['entity_type', visit]), nextLookMs)
    await until('the log to say so', () => logs('is not streamable: nothing of the entity type', visit))
    t.equal(await (await clientOf(t, gateway, 'second')).subscribe(visit), 'entity_type_unknown')
    const before = client.received().length
    await publisher.publish(ticket, 'update', { id: 'one', status: 'CLOSED', remark: '' })
    await until('what others publish', () => client.received().length > before)
    t.match(client.received().at(-1), { entity_type: ticket, data: { status: 'CLOSED' } })
    t.equal(await gateway.stop(), 0)
  },
)
