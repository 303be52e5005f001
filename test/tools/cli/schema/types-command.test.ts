import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { typesCommand } from '#tools/cli/schema/types-command.js'
import { parseEntitySchema } from '#avro/avro-entity-schema.js'
import { parsePolicyFile } from '#policy/rules/policy-file.js'
import { parsePolicy } from '#policy/role-policy.js'
import { roleViewsOf } from '#tools/policy/role-view.js'
import { AuthorizedStream } from '../../../support/gateway/authorized-stream.js'
import { fc } from '../../../support/running/seeded-properties.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'
import { errorsOf } from '../../../support/tools/typescript-errors.js'
import { leavesOfEntities, programOf } from '../../../support/tools/typescript-program.js'
import { unavailable } from '../../../support/values/arbitrary-entity.js'
import { type World, world } from '../../../support/values/arbitrary-world.js'
import { avroSchemaOf } from '../../../support/values/entity-model.js'

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

test('types writes for a role what it may ever see, and asks for what it always sees', async (t) => {
  const ownOrders = await types('--role', 'customer', '--policy', 'schemas/policy.json')
  t.match(ownOrders.out, 'readonly customer_id: string\n', 'a condition on the whole order leaves nothing out of what is sent')
  t.match(ownOrders.out, 'readonly deliver_by?: null | string\n', 'an order may be older than what has a default')
  t.match(ownOrders.out, 'readonly items: readonly OrderItem[]\n')
  t.notMatch(ownOrders.out, 'margin')
  const support = await types('--role', 'support', '--policy', 'schemas/policy.json')
  t.match(support.out, 'readonly region: string\n')
  t.match(support.out, 'readonly email?: string\n', 'a condition decides')
  t.match(support.out, 'export interface Address {\n  /** The town. */\n  readonly city: string\n', 'the rest of it is hidden always')
  t.notMatch(support.out, 'born_on')
  const both = await types('--role', 'support', '--role', 'customer', '--policy', 'schemas/policy.json')
  t.match(both.out, '"support", "customer"')
  t.match(both.out, 'readonly born_on?:', 'the rules of both')
})

test('types says which role a policy does not have, and which policy cannot be read', async (t) => {
  const unknown = { code: 78, err: /no role "nobody"; there are support, warehouse, customer\./ }
  t.match(await types('--role', 'nobody', '--policy', 'schemas/policy.json'), unknown)
  t.match(await types('--role', 'support', '--policy', 'no/such.json'), { code: 78, err: /no\/such\.json cannot be read/ })
})

/** The roles of the world's first user that its policy has, or else one. */
function rolesIn({ policy, users }: World): string[] {
  const known = users[0]!.roles.filter((name) => Object.hasOwn(policy.roles, name))
  return known.length === 0 ? ['sales'] : known
}

function filesOf({ events, policy, isConnected }: World): Record<string, string> {
  return {
    'thing.avsc': JSON.stringify({ ...(avroSchemaOf(events[0]!.type, 'Thing') as object), streamable: true }),
    policy: JSON.stringify(policy),
    'entities.json': JSON.stringify({ thing: isConnected ? { envelope: 'none', unavailable_value: unavailable } : {} }),
  }
}

/** What a user with the world's roles is sent of those events that have the first one's schema. */
function sentIn(one: World): string[] {
  const { events, policy, users, isConnected } = one
  const user = { ...users[0]!, roles: rolesIn(one) }
  const stream = new AuthorizedStream(parsePolicy(JSON.stringify(policy)), [user], isConnected ? unavailable : undefined)
  const alike = events.filter(({ type }) => type === events[0]!.type)
  return alike.flatMap(({ type, value }) => stream.framesFor(stream.eventOf(type, value), undefined).get(user)?.data ?? [])
}

/** The leaves that some event may show to somebody with these roles. */
function everShownIn(one: World): string[] {
  const schema = parseEntitySchema('thing', { schema: JSON.stringify(avroSchemaOf(one.events[0]!.type, 'Thing')), references: [] })
  const held = [...parsePolicyFile(JSON.stringify(one.policy))].filter(([role]) => rolesIn(one).includes(role))
  const [view] = roleViewsOf(new Map([['all', held.flatMap(([, rules]) => rules)]]), [schema])
  return view!.leaves.flatMap(({ path, shown }) => (shown === 'never' ? [] : [path])).sort()
}

test('whatever a frame for a role holds is of the types for that role, which name nothing that it never sees', async (t) => {
  const worlds = fc.sample(
    world.filter(({ events }) => events.length > 0),
    { numRuns: 60, seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) },
  )
  const folder = t.testdir(Object.fromEntries(worlds.map((one, index) => [`world-${index}`, filesOf(one)])))
  const modules: Record<string, string> = {}
  const seen = { frames: 0, nothing: 0, required: 0, optional: 0 }
  for (const [index, one] of worlds.entries()) {
    const dir = `${folder}/world-${index}`
    const roles = rolesIn(one).flatMap((role) => ['--role', role])
    const { out } = await types(dir, '--entities', `${dir}/entities.json`, '--policy', `${dir}/policy`, ...roles)
    const sent = sentIn(one)
    modules[`world-${index}`] = `${out}\nexport const sent: Entities[keyof Entities][] = [\n${sent.join(',\n')}\n]\n`
    seen[sent.length === 0 ? 'nothing' : 'frames']++
    seen.required += out.split(/\w: /).length - 1
    seen.optional += out.split(/\w\?: /).length - 1
  }
  const program = programOf(modules)
  t.same(errorsOf(program), [])
  for (const [index, one] of worlds.entries())
    t.same(leavesOfEntities(program, `world-${index}`)['thing'] ?? [], everShownIn(one), `world-${index}: ${modules[`world-${index}`]!}`)
  t.ok(seen.frames > 20 && seen.nothing > 5 && seen.required > 50 && seen.optional > 50, JSON.stringify(seen))
})
