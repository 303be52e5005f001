import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { ConfluentRegistry } from '#registry/confluent-registry.js'
import { RegistryError } from '#registry/schema-registry.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** After so many characters the connection breaks. */
  readonly cutAt: number | undefined
}
type Outcome = 'schema' | 'unknown' | 'invalid' | 'wait'

const code = fc.oneof(fc.constantFrom(40401, 40402, 40403, 40404, 40408, 404, 42201, 0, '40403', null), fc.integer())
const errorBody = fc.record({ error_code: code, message: fc.oneof(fc.string(), fc.constant(null)) }, { requiredKeys: [] })
const schemaText = fc.oneof(
  fc.constantFrom(
    '"string"',
    '{"type":"record","name":"R","fields":[]}',
    '["null","int"]',
    '<html>',
    '42',
    'null',
    '',
    '{}',
    'syntax = "proto3";',
  ),
  fc.string(),
)
const schemaBody = fc.record(
  {
    schema: fc.oneof({ weight: 5, arbitrary: schemaText }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) }),
    schemaType: fc.oneof(fc.constantFrom('AVRO', 'PROTOBUF', 'JSON', '', null), fc.jsonValue({ maxDepth: 1 })),
    id: fc.oneof(fc.constantFrom(7, -1, 2 ** 40), fc.jsonValue({ maxDepth: 1 })),
    references: fc.oneof(fc.constantFrom([], null, [{ name: 'a', subject: 'a', version: 1 }]), fc.jsonValue({ maxDepth: 2 })),
    metadata: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: ['schema'] },
)
const body = fc.oneof(
  { weight: 3, arbitrary: schemaBody.map((one) => JSON.stringify(one)) },
  { weight: 3, arbitrary: errorBody.map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: fc.constantFrom('', '<html>welcome</html>', 'Not Found', '\ufeff{}') },
  { weight: 1, arbitrary: fc.string() },
)
const answer: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 200, 404, 404),
    fc.constantFrom(200, 201, 204, 300, 302, 304, 400, 401, 403, 404, 408, 409, 410, 421, 422, 429, 500, 502, 503, 504),
  ),
  headers: fc.record(
    {
      'content-type': fc.constantFrom('application/json', 'text/html', 'application/vnd.schemaregistry.v1+json', 'nonsense'),
      'content-encoding': fc.constantFrom('gzip', 'identity'),
      location: fc.constantFrom('/elsewhere'),
    },
    { requiredKeys: ['content-type'] },
  ),
  body,
  cutAt: fc.option(fc.nat(40), { nil: undefined, freq: 6 }),
})

/** One of each outcome. */
const examples: [Answer][] = [
  [200, '{"schema":"\\"string\\"","id":7}'],
  [404, '{"error_code":40403,"message":"no"}'],
  [200, '{"schema":"x","schemaType":"PROTOBUF"}'],
  [404, 'Not Found'],
].map(([status, body]) => [
  { status: status as number, headers: { 'content-type': 'application/json' }, body: body as string, cutAt: undefined },
])

/** As said in the promise: what is no word of a registry, whole and in its own form, waits. What is such a word may be good or bad. */
function allowed({ status, headers, body, cutAt }: Answer): Outcome[] {
  if (cutAt !== undefined && cutAt < Buffer.byteLength(body)) return ['wait']
  if (headers['content-encoding'] === 'gzip' && body !== '') return ['wait']
  const json = jsonIn(body)
  if (status === 404)
    return [40401, 40402, 40403].includes(json?.['error_code'] as number) && json?.['message'] !== undefined ? ['unknown'] : ['wait']
  if (status !== 200 && status !== 201) return ['wait']
  if (typeof json?.['schema'] !== 'string') return ['wait']
  const { schemaType = null } = json
  if (schemaType !== null && typeof schemaType !== 'string') return ['wait']
  return schemaType === null || schemaType === 'AVRO' ? ['schema', 'invalid', 'wait'] : ['invalid', 'wait']
}

function jsonIn(body: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

async function outcomeOf(asked: Promise<unknown>): Promise<Outcome> {
  try {
    await asked
    return 'schema'
  } catch (error) {
    if (!(error instanceof RegistryError) || error.message.length > 700) throw error
    if (error.kind === 'refused') throw new Error('a registry refuses nothing to those who read', { cause: error })
    return error.kind === 'not_found' ? 'unknown' : error.kind === 'invalid' ? 'invalid' : 'wait'
  }
}

test('whatever is answered for a schema, the outcome is one of four, and never unknown or invalid without a word of the registry', async (t) => {
  let now: Answer | undefined
  const server = createServer((request, response) => {
    if (request.url === '/elsewhere') return void response.end('<html>log in</html>')
    const { status, headers, body, cutAt } = now!
    const length = String(Buffer.byteLength(body))
    response.writeHead(status, cutAt === undefined ? headers : { ...headers, 'content-length': length })
    if (cutAt === undefined || cutAt >= Buffer.byteLength(body)) return void response.end(body)
    response.write(Buffer.from(body).subarray(0, cutAt))
    setImmediate(() => response.destroy())
    return
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const registry = await ConfluentRegistry.create({ url, timeoutMs: 2000 })
  const seen = new Map<Outcome, number>()
  await fc.assert(
    fc.asyncProperty(answer, async (one) => {
      now = one
      for (const ask of [() => registry.schemaById(7), () => registry.latestOf('a-value')]) {
        const outcome = await outcomeOf(ask())
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
        if (!allowed(one).includes(outcome)) throw new Error(`${outcome} instead of ${allowed(one).join(' or ')}`)
      }
    }),
    { numRuns: fuzzRuns(60), endOnFailure: true, examples },
  )
  t.equal(seen.size, 4, 'each of them was met')
})
