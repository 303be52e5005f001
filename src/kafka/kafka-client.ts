import { Kafka, logLevel, type KafkaConfig, type LogEntry, type Mechanism, type SASLOptions } from 'kafkajs'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { openSocket, type KafkaTls } from './kafka-socket.js'
import { saslOptions, type KafkaSasl } from './login/kafka-sasl.js'

export { CompressionTypes } from 'kafkajs'
export type { Kafka, Producer } from 'kafkajs'

// How kafkajs is set up to reach the brokers: as a producer, and as a bare connection by `kafka-link.ts`. No third file knows kafkajs.
// Both leave it as it is, since a service may use kafkajs for other things too.

export interface KafkaClientOptions {
  readonly brokers: readonly string[]
  /** The name by which brokers tell their clients apart, for example in quotas. */
  readonly clientId?: string | undefined
  /** A broker that does not answer within this time counts as gone, in milliseconds. */
  readonly requestMsMax?: number | undefined
  readonly tls?: KafkaTls | undefined
  readonly sasl?: KafkaSasl | undefined
  readonly log: Log
}

const requestMsMaxUsually = 10_000

/**
 * How long before its end kafkajs makes a login anew, in milliseconds. Its default of 10 s is longer than some logins: it would log in
 * before each request, which brokers refuse within a second of the last time. Logins shorter than two seconds cannot be used.
 */
const loginAheadMs = 1_000

/** kafkajs tries seldom by itself: its tries multiply from layer to layer, and its callers go on trying for longer anyway. */
export const kafkaRetry = { retries: 2, initialRetryTime: 100, maxRetryTime: 1000 }
/** What kafkajs logs at each of its many tries. Its callers log what becomes of them. */
const oneOfManyTries = /^(Connection|Failed to connect|Response)/

export function newKafka(options: KafkaClientOptions): Kafka {
  return new Kafka(kafkaConfig(options))
}

export function kafkaConfig(options: KafkaClientOptions) {
  const { brokers, clientId = 'sluice', requestMsMax = requestMsMaxUsually, tls = false, sasl, log } = options
  return {
    clientId,
    brokers: [...brokers],
    ssl: tls !== false,
    socketFactory: (asked) => openSocket(asked, tls),
    connectionTimeout: 3000,
    requestTimeout: requestMsMax,
    reauthenticationThreshold: loginAheadMs,
    retry: kafkaRetry,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => logEntry(log, entry),
    ...(sasl && { sasl: saslOptions(sasl) as SASLOptions | Mechanism }),
  } satisfies KafkaConfig
}

function logEntry(log: Log, { level, log: { message, error, broker } }: LogEntry): void {
  const fields = { error: error as unknown, broker: broker as unknown }
  const serious = level === logLevel.ERROR && !oneOfManyTries.test(message)
  log[serious ? 'warn' : 'debug'](fields, `kafkajs: ${message}`)
}

/** The time limit for leaving, in milliseconds. A client that takes longer is left to itself: brokers forget it when its sockets close. */
const leaveMsMax = 3000

/** Disconnects within a time limit, as kafkajs waits for a broker that may never answer. Never rejects. */
export function leaveKafka(client: { disconnect(): Promise<void> }, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(leaveMsMax, resolve)
    void client
      .disconnect()
      .catch(() => undefined)
      .then(cancel)
      .then(resolve)
  })
}
