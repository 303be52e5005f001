import * as v from 'valibot'
import { backgroundClock } from '#clock.js'
import { isHttpUrl, isSealedUrl, remoteAddress } from '#text/http-url.js'
import type { EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import { openLog } from '#logging/open-log.js'
import type { Log } from '#log.js'
import type { KafkaTls, Pems } from '#kafka/kafka-socket.js'
import type { ConfiguredSasl } from '#kafka/login/kafka-sasl.js'
import type { AskToken } from '#login/secret.js'
import type { ClientCredentials } from '#login/token-endpoint.js'
import type { RegistryPems } from '#registry/confluent-client.js'

/** How records are sent. An option that is undefined has its default, so that variables of the environment can be handed on as they are. */
export interface SendingOptions {
  readonly brokers: readonly string[]
  /** By which brokers tell their clients apart. */
  readonly clientId?: string | undefined
  /** Where a secret or a token is a function, it is called at each login. */
  readonly sasl?: ConfiguredSasl | undefined
  /** `true` trusts what Node trusts; certificates and keys are PEM. A function is called at each connection. */
  readonly tls?: KafkaTls | undefined
  readonly compression?: 'none' | 'gzip' | undefined
  /** How long an event may take until Kafka has acknowledged it, in milliseconds. An attempt that is under way then is still awaited. */
  readonly deliveryTimeoutMs?: number | undefined
  /** How long `close` waits for events that are still to be sent, in milliseconds. */
  readonly closeTimeoutMs?: number | undefined
  /** The most that goes into one request, in bytes. */
  readonly batchBytesMax?: number | undefined
  /** The most that waits for Kafka, in bytes. Beyond it `publish` rejects. */
  readonly queueBytesMax?: number | undefined
  /** A log whose methods take fields first and then a sentence, as those of pino and Fastify do. */
  readonly log?: Log | undefined
}

export interface ClaimsPublisherOptions extends SendingOptions {
  /** The gateways' `CLAIMS_TOPIC`. */
  readonly topic: string
}

export interface EntityPublisherOptions extends SendingOptions {
  readonly registry: {
    /** The root of Confluent's API. Of several the next one is asked where one does not answer. */
    readonly url: string | readonly string[]
    readonly user?: string | undefined
    readonly password?: string | undefined
    /** A bearer token in the place of user and password. A function is called for each call. */
    readonly token?: string | AskToken | undefined
    /** By which such tokens are fetched. */
    readonly credentials?: ClientCredentials | undefined
    /** PEM texts of an authority and of the client's certificate; called for each call. */
    readonly tls?: (() => RegistryPems) | undefined
    /** How long a call may take with all its references, in milliseconds. */
    readonly timeoutMs?: number | undefined
  }
  /** The folder of the service's own schemas. The Avro record of each entity is a file with the entity's name, `order.avsc`. */
  readonly schemas: string
  /** The entities, where any of them has another layout than the seed's. */
  readonly entities?: readonly EntityDefinition[] | undefined
  /** Registers the folder's schemas that the registry does not know. By default an unknown schema is an error. */
  readonly register?: boolean | undefined
  /**
   * Leaves out members of an entity that its schema does not have. By default they are an error, as a misspelt optional member would be
   * lost without a word.
   */
  readonly leaveOutUnknown?: boolean | undefined
}

const text = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'))
const flag = v.boolean('must be true or false')

/** The message begins with the path of a missing or unknown member, so only the rest of the sentence stands here. */
const members = <T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, ({ expected }) =>
    expected === 'Object' ? 'must be an object' : expected === 'never' ? 'is no option of the publisher' : 'is missing',
  )

function listOf<T extends v.GenericSchema>(one: T, words: string) {
  return v.array(one, `must be a list of ${words}`)
}

function choice<const T extends readonly [string, ...string[]]>(...choices: T) {
  return v.picklist(choices, `must be one of ${choices.join(', ')}`)
}

function wholeNumber(least: number, unit: string, standard: number) {
  const words = `must be a whole number of ${unit}, at least ${least}`
  return v.optional(v.pipe(v.number(words), v.integer(words), v.minValue(least, words)), standard)
}
const bytes = (standard: number) => wholeNumber(1024, 'bytes', standard)

/** A day is longer than anybody waits, and well within the limit of Node's timers, which fire at once beyond 24.8 days. */
const durationMsMax = 86_400_000
function milliseconds(standard: number) {
  const most = v.maxValue<number, number, string>(durationMsMax, `must be at most ${durationMsMax} milliseconds (a day)`)
  return v.optional(v.pipe(v.unwrap(wholeNumber(0, 'milliseconds', standard)), most), standard)
}

/** Looks for every method at once: a missing one would not be noticed before Kafka is in trouble. */
function isLog(log: unknown): boolean {
  return (['debug', 'info', 'warn', 'error'] as const).every((level) => typeof (log as Partial<Log> | null)?.[level] === 'function')
}

const entity = members({
  name: text,
  topic: text,
  layout: choice('topic-per-operation', 'single-topic'),
  envelope: v.picklist(['event', 'none'], 'must be "event" or "none": the envelope of Debezium is written by Debezium'),
  record: v.exactOptional(v.pipe(listOf(text, 'names of records'), v.nonEmpty('must name at least one record'))),
  idFields: v.exactOptional(v.pipe(listOf(text, 'names of fields'), v.nonEmpty('must name at least one field'))),
  streamable: v.exactOptional(flag),
  sharesTopic: v.exactOptional(flag),
})

/** What it gives is not known before it is called. */
function isFunction(given: unknown): boolean {
  return typeof given === 'function'
}

const aText = 'must be a text, or a function that gives one'
const secret = v.union([v.string(), v.custom<() => string>(isFunction, aText)], aText)
const credentials = members({
  url: v.pipe(
    text,
    v.check((url) => isHttpUrl(url) && isSealedUrl(url), 'must be a URL that begins with https://'),
  ),
  clientId: text,
  clientSecret: secret,
  scope: v.optional(text),
})
const token = v.custom<() => string | Promise<string>>(isFunction, 'must be a function that gives a token')
const sasl = v.variant(
  'mechanism',
  [
    members({ mechanism: v.picklist(['plain', 'scram-sha-256', 'scram-sha-512']), username: text, password: secret }),
    v.pipe(
      members({ mechanism: v.literal('oauthbearer'), token: v.exactOptional(token), credentials: v.exactOptional(credentials) }),
      v.check((given) => 'token' in given !== 'credentials' in given, 'must have one of token and credentials'),
    ),
  ],
  'must be one of plain, scram-sha-256, scram-sha-512, oauthbearer',
)

const pems = 'must be true or false, or an object of PEM texts (ca, cert, key), or a function that gives one'

const url = v.pipe(text, v.check(isHttpUrl, 'must be a URL that begins with http:// or https://'))

const sending = {
  brokers: v.pipe(listOf(text, 'host:port'), v.nonEmpty('must name at least one broker')),
  clientId: v.optional(text),
  sasl: v.optional(sasl),
  tls: v.optional(
    v.union(
      [
        v.boolean(),
        v.strictObject({ ca: v.optional(text), cert: v.optional(text), key: v.optional(text) }),
        v.custom<() => Pems>(isFunction, pems),
      ],
      pems,
    ),
  ),
  compression: v.optional(choice('none', 'gzip'), 'none'),
  deliveryTimeoutMs: milliseconds(120_000), // As in Kafka's Java client: longer than a broker takes to come back.
  closeTimeoutMs: milliseconds(10_000), // Within what orchestrators give a process to leave.
  batchBytesMax: bytes(1_000_000), // Kafka takes 1,048,588 unless told otherwise.
  queueBytesMax: bytes(33_554_432), // As in Kafka's Java client: some 10,000 orders, which are seconds of any service's changes.
  log: v.optional(v.custom<Log>(isLog, 'must have debug, info, warn and error')),
}

const claimsOptions = members({ ...sending, topic: text })

const options = members({
  ...sending,
  registry: v.pipe(
    members({
      url: v.union([url, v.pipe(v.array(url), v.nonEmpty())], 'must be a URL that begins with http:// or https://, or a list of such'),
      user: v.optional(text),
      password: v.optional(text),
      token: v.optional(v.union([text, token], 'must be a text, or a function that gives a token')),
      credentials: v.optional(credentials),
      tls: v.optional(v.custom<() => RegistryPems>(isFunction, 'must be a function that gives PEM texts (ca, cert, key)')),
      timeoutMs: milliseconds(5000),
    }),
    v.check(
      (registry) => [registry.user, registry.token, registry.credentials].filter((login) => login !== undefined).length <= 1,
      'must have one of user, token and credentials at most',
    ),
  ),
  schemas: text,
  entities: v.optional(listOf(entity, 'objects with name, topic, layout and envelope')),
  register: v.optional(flag, false),
  leaveOutUnknown: v.optional(flag, false),
})

/** What is handed on as it is. */
type HandedOn = Pick<SendingOptions, 'sasl'> & { readonly log: Log }
export type PublisherConfig = v.InferOutput<typeof options> & HandedOn
export type ClaimsPublisherConfig = v.InferOutput<typeof claimsOptions> & HandedOn

/** With defaults. @throws ConfigurationError that names the option. */
export function readPublisherOptions(given: EntityPublisherOptions): PublisherConfig {
  return { ...checked(v.safeParse(options, given)), sasl: given.sasl, log: given.log ?? ownLog() }
}

/** With defaults. @throws ConfigurationError that names the option. */
export function readClaimsPublisherOptions(given: ClaimsPublisherOptions): ClaimsPublisherConfig {
  return { ...checked(v.safeParse(claimsOptions, given)), sasl: given.sasl, log: given.log ?? ownLog() }
}

type Sending = Pick<v.InferOutput<typeof claimsOptions>, 'brokers' | 'sasl' | 'tls' | 'batchBytesMax' | 'queueBytesMax'>

function checked<Output extends Sending>(
  result: { success: true; output: Output } | { success: false; issues: [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]] },
): Output {
  if (!result.success) {
    const [issue] = result.issues
    const path = v.getDotPath(issue)
    throw new ConfigurationError(`The publisher's ${path === null ? 'options' : `option ${path}`} ${issue.message}.`)
  }
  if (result.output.batchBytesMax > result.output.queueBytesMax)
    throw new ConfigurationError("The publisher's option queueBytesMax must be at least batchBytesMax.")
  refuseEavesdroppers(result.output)
  return result.output
}

function ownLog(): Log {
  return openLog('warn', backgroundClock).log
}

/** A service that wants secrets to be sent unprotected, for example where something else encrypts, must say so. */
function refuseEavesdroppers({ brokers, sasl, tls }: Sending): void {
  if (tls !== undefined || (sasl?.mechanism !== 'plain' && sasl?.mechanism !== 'oauthbearer')) return
  const open = remoteAddress(brokers)
  if (open !== undefined)
    throw new ConfigurationError(
      `The publisher's option sasl would send a secret to ${open} that anybody between can read without TLS; set tls to true, or to false where that is meant.`,
    )
}
