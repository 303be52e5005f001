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
/** How much of a registry's reason is shown: some reasons hold both schemas, and nobody reads so much. */
const reasonCharactersMax = 500

export class ConfluentClient {
  /** The registry's context that its questions are about. */
  readonly context: string

  private constructor(
    private readonly ClientOfPackage: typeof SchemaRegistryClient,
    private readonly options: ConfluentRegistryOptions,
  ) {
    this.context = contextOfUrl(options.url)
  }

  /** Sends no request yet. The client takes 0.3 s to load, so it is only loaded where it is used. */
  static async create(options: ConfluentRegistryOptions): Promise<ConfluentClient> {
    const { SchemaRegistryClient } = await import('@confluentinc/schemaregistry/dist/schemaregistry-client.js')
    return new ConfluentClient(SchemaRegistryClient, options)
  }

  /** The address for messages, without its login. */
  get address(): string {
    return redactedUrl(this.options.url)
  }

  /** @param what the call is about, for its error. @throws RegistryError */
  async call<T>(what: string, ask: (client: Client) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.options
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await ask(this.newClient(signal))
    } catch (error) {
      const failure = signal.aborted ? unavailable(`no answer within ${timeoutMs} ms`) : asRegistryError(error)
      throw errorAbout(what, failure.kind === 'unavailable' ? unavailable(`${failure.message} (at ${this.address})`) : failure)
    }
  }

  /**
   * Each call has its own client: the calls of one client wait for each other, so one that hangs would stop all others. A client tries
   * once, as its callers try again, and it caches nothing, as its callers keep the answers.
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
 * Keeps only parts of a failure that cannot hold a secret: its status or its code, and the registry's reason against a schema. Servers in
 * between may answer anything (a load balancer its own 404, a proxy a page), and such an answer is worth another try.
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

/** The codes of Confluent's registry and of Apicurio for an unknown subject, version and schema. */
const unknownCodes: ReadonlySet<unknown> = new Set([40401, 40402, 40403])
/** The code for the level of a subject that has no level of its own. */
const levelUnknownCode = 40408

export function isLevelUnknown(error: unknown): boolean {
  return (error as { errorCode?: unknown }).errorCode === levelUnknownCode
}

/** Whether the registry itself has said that it does not know what it was asked for. */
export function isUnknown(error: unknown): boolean {
  const { status, errorCode } = error as { status?: unknown; errorCode?: unknown }
  return status === 404 && unknownCodes.has(errorCode)
}

function errorAbout(what: string, { kind, message }: RegistryError): RegistryError {
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
