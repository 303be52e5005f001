import type { Client, SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js'
import { contextOfUrl } from './registry-context.js'
import { redactedUrl } from '#text/redaction.js'
import { RegistryError } from './schema-registry.js'

// The only file that knows the registry's package. What enters: a question. What leaves: what the registry answered, unchecked, or a
// RegistryError. Of the package it imports one module: its index loads encryption, rules and formats as well, which is 1,433 files and
// 1 s of CPU instead of 225 and 0.27 s, and would make 11 MB of the publisher's bundle.

export type { Client as RegistryClient, SchemaInfo } from '@confluentinc/schemaregistry/dist/schemaregistry-client.js'

export interface ConfluentRegistryOptions {
  /** The root of Confluent's API. */
  readonly url: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** The time limit of a call, all its references included. */
  readonly timeoutMs: number
}

/** What one answer may hold, in bytes: registries take schemas of a megabyte at most by default, and requests of 10 MB. */
const answerBytesMax = 16 * 1024 * 1024
/** As much of a registry's reasons as people read: some hold both schemas. */
const reasonCharactersMax = 500

export class ConfluentClient {
  /** Whose ids and subjects it asks for. */
  readonly context: string

  private constructor(
    private readonly ClientOfPackage: typeof SchemaRegistryClient,
    private readonly options: ConfluentRegistryOptions,
  ) {
    this.context = contextOfUrl(options.url)
  }

  /** Asks the registry nothing yet. The client takes 0.3 s to load, so only those who need it wait for it. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentClient> {
    const { SchemaRegistryClient } = await import('@confluentinc/schemaregistry/dist/schemaregistry-client.js')
    return new ConfluentClient(SchemaRegistryClient, options)
  }

  /** For people: without a login. */
  get address(): string {
    return redactedUrl(this.options.url)
  }

  /** @param what it is about, for the error. @throws RegistryError */
  async call<T>(what: string, ask: (client: Client) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await ask(this.newClient(signal))
    } catch (error) {
      const failure = signal.aborted ? unavailable(`no answer within ${timeoutMs} ms`) : asRegistryError(error)
      throw named(what, failure.kind === 'unavailable' ? unavailable(`${failure.message} (at ${this.address})`) : failure)
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

/**
 * Of what failed only what cannot hold a secret: the status or the error's code; and what the registry says against a schema.
 * Whatever stands in between may answer anything (a load balancer its own 404, a proxy a page): that is worth another try.
 */
function asRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  if (isUnknown(error)) return notFound()
  const { status, code, message } = error as Record<'status' | 'code' | 'message', unknown>
  if (status === 404) return unavailable('HTTP status 404, and what answers at this address is not the root of its API')
  if (status === 409 || status === 422) {
    const reason = String(message).slice(0, reasonCharactersMax)
    return new RegistryError('refused', status === 409 ? reason : `HTTP status 422: ${reason}`)
  }
  if (typeof status === 'number') return unavailable(`HTTP status ${status}`)
  if (code === 'ERR_BAD_RESPONSE') return unavailable(`the answer cannot be read or has more than ${answerBytesMax} bytes`)
  return unavailable(typeof code === 'string' ? code : 'no answer')
}

/** As Confluent's registry and Apicurio say it of a subject, a version and a schema. */
const unknownCodes: ReadonlySet<unknown> = new Set([40401, 40402, 40403])
/** Of the level of a subject that has none of its own. */
const levelUnknownCode = 40408

export function isLevelUnknown(error: unknown): boolean {
  return (error as { errorCode?: unknown }).errorCode === levelUnknownCode
}

/** Whether the registry itself has said that it does not know what it was asked for. */
export function isUnknown(error: unknown): boolean {
  const { status, errorCode } = error as { status?: unknown; errorCode?: unknown }
  return status === 404 && unknownCodes.has(errorCode)
}

function named(what: string, { kind, message }: RegistryError): RegistryError {
  return new RegistryError(kind, `${what}: ${message}`)
}

export function invalid(message: string): RegistryError {
  return new RegistryError('invalid', message)
}

export function notFound(): RegistryError {
  return new RegistryError('not_found', 'the registry does not know it')
}

export function unavailable(message: string): RegistryError {
  return new RegistryError('unavailable', message)
}
