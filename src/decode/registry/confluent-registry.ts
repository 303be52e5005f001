import type { Client, SchemaRegistryClient } from '@confluentinc/schemaregistry'
import * as v from 'valibot'
import { RegistryError, type RegisteredSchema, type SchemaIds, type SchemaRegistry } from './schema-registry.js'

// The only file that knows the registry's client. What enters: an id or a subject. What leaves: an Avro schema as text,
// with all that it references. Whatever else the registry answers, or does not answer, is a RegistryError.

export interface ConfluentRegistryOptions {
  /** The root of Confluent's API. */
  readonly url: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** The time limit of a call, all its references included. */
  readonly timeoutMs: number
}

/** The client passes on whatever came, a proxy's page among it. Members that are not read here may be anything. */
const answerShape = v.object({
  id: v.nullish(v.pipe(v.number(), v.safeInteger())),
  schemaType: v.nullish(v.literal('AVRO')),
  schema: v.pipe(v.string(), v.check(looksLikeAvro, 'it is no Avro schema')),
  references: v.nullish(v.array(v.object({ subject: v.string(), version: v.pipe(v.number(), v.safeInteger()) }))),
})
type Answer = v.InferOutput<typeof answerShape>

/** What one answer may hold, in bytes: registries take schemas of a megabyte at most by default. */
const answerBytesMax = 4 * 1024 * 1024
/** What one schema may reference, directly and indirectly: each is a request, and all share one time limit. */
const referencesMax = 200

export class ConfluentRegistry implements SchemaRegistry, SchemaIds {
  private constructor(
    private readonly ClientOfPackage: typeof SchemaRegistryClient,
    private readonly options: ConfluentRegistryOptions,
  ) {}

  /** Asks the registry nothing yet. The client's package takes 1.4 s to load, so only those who need it wait for it. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentRegistry> {
    const { SchemaRegistryClient } = await import('@confluentinc/schemaregistry')
    return new ConfluentRegistry(SchemaRegistryClient, options)
  }

  schemaById(id: number): Promise<RegisteredSchema> {
    return this.call(`schema ${id}`, async (client) => {
      const answer = answerOf(await client.getBySubjectAndId('', id))
      return await resolved(client, id, answer)
    })
  }

  latestOf(subject: string): Promise<RegisteredSchema> {
    return this.call(`subject ${subject}`, async (client) => {
      const answer = answerOf(await client.getLatestSchemaMetadata(subject))
      if (answer.id == null) throw invalid('the answer has no id')
      return await resolved(client, answer.id, answer)
    })
  }

  idOf(subject: string, schema: string): Promise<number> {
    return this.call(`subject ${subject}`, async (client) => idIn(await client.getId(subject, { schemaType: 'AVRO', schema }, false)))
  }

  register(subject: string, schema: string): Promise<number> {
    return this.call(`subject ${subject}`, async (client) => idIn(await client.register(subject, { schemaType: 'AVRO', schema }, false)))
  }

  private async call<T>(what: string, ask: (client: Client) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await ask(this.newClient(signal))
    } catch (error) {
      throw named(what, signal.aborted ? unavailable(`no answer within ${timeoutMs} ms`) : asRegistryError(error))
    }
  }

  /**
   * One for each call: a client makes its calls wait for each other, one that hangs would stop all others. It tries once, as
   * its callers try again, and its caches stay empty, as its callers keep what they got.
   */
  private newClient(signal: AbortSignal): Client {
    const { url, user, password } = this.options
    return new this.ClientOfPackage({
      baseURLs: [url],
      maxRetries: 0,
      createAxiosDefaults: { signal, maxContentLength: answerBytesMax },
      ...(user !== undefined && { basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: `${user}:${password ?? ''}` } }),
    })
  }
}

function answerOf(came: unknown): Answer {
  const result = v.safeParse(answerShape, came)
  if (!result.success) throw invalid(`the answer is no Avro schema (${v.getDotPath(result.issues[0]) ?? 'no object'})`)
  return result.output
}

/** It goes into every record, in four bytes. */
function idIn(came: unknown): number {
  if (!Number.isSafeInteger(came) || (came as number) < 0 || (came as number) > 0xffffffff) throw invalid('the answer has no id')
  return came as number
}

async function resolved(client: Client, id: number, answer: Answer): Promise<RegisteredSchema> {
  const references = new Map<string, string>()
  await collect(client, answer, references, new Set())
  return { id, schema: answer.schema, references: [...references.values()] }
}

/** Depth first, so that each schema stands after those that it references. `path` holds those whose references are being fetched. */
async function collect(client: Client, { references }: Answer, found: Map<string, string>, path: Set<string>): Promise<void> {
  for (const { subject, version } of references ?? []) {
    const name = `${subject}, version ${version}`
    if (path.has(name)) throw invalid(`${name} references itself`)
    if (found.has(name)) continue
    if (found.size + path.size >= referencesMax) throw invalid(`it has more than ${referencesMax} references`)
    const answer = answerOf(await client.getSchemaMetadata(subject, version, true))
    await collect(client, answer, found, new Set([...path, name]))
    found.set(name, answer.schema)
  }
}

/** The name of a type, a union, or an object with a type. */
function looksLikeAvro(text: string): boolean {
  try {
    const schema: unknown = JSON.parse(text)
    if (typeof schema === 'string' || Array.isArray(schema)) return true
    return typeof schema === 'object' && schema !== null && 'type' in schema
  } catch {
    return false
  }
}

/** Of what failed only what cannot hold a secret: the status or the error's code. */
function asRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  const { status, code } = error as { status?: unknown; code?: unknown }
  if (typeof status === 'number') return ofStatus(status)
  if (code === 'ERR_BAD_RESPONSE') return invalid(`the answer cannot be read or has more than ${answerBytesMax} bytes`)
  return unavailable(typeof code === 'string' ? code : 'no answer')
}

/** Refused logins and too many requests are for people or time to cure, other requests that are refused will be refused again. */
function ofStatus(status: number): RegistryError {
  if (status === 404) return new RegistryError('not_found', 'the registry does not know it')
  if (status === 409) return invalid('the registry finds the schema incompatible with an earlier version')
  const curable = status >= 500 || [401, 403, 408, 429].includes(status)
  return curable ? unavailable(`HTTP status ${status}`) : invalid(`HTTP status ${status}`)
}

function named(what: string, { kind, message }: RegistryError): RegistryError {
  return new RegistryError(kind, `${what}: ${message}`)
}

function invalid(message: string): RegistryError {
  return new RegistryError('invalid', message)
}

function unavailable(message: string): RegistryError {
  return new RegistryError('unavailable', message)
}
