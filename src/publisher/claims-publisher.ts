import { systemClock } from '#clock.js'
import { invalid } from '#avro/write/invalid.js'
import { behind, InvalidEntityError } from '#avro/write/invalid-entity.js'
import { isWellFormed } from '#avro/write/service-form.js'
import { ConfigurationError } from '#errors.js'
import { KafkaProducer } from '#kafka/kafka-producer.js'
import { sharedSasl } from '#kafka/login/kafka-sasl.js'
import { claimsFault, writeClaims } from '#policy/control/claims-record.js'
import type { Claims } from '#policy/rights.js'
import { connected } from './connected-producer.js'
import { type ClaimsPublisherOptions, readClaimsPublisherOptions } from './publisher-options.js'
import { Sender, type SentRecord } from './send/sender.js'

/** Writes what tokens do not say of users, such as memberships, for all gateways to go by (README.md of this room). */
export class ClaimsPublisher {
  private constructor(
    private readonly topic: string,
    private readonly sender: Sender,
  ) {}

  /**
   * @throws ConfigurationError where options or the topic are not right, PublishError (`not_connected`) where Kafka does not answer: a
   * service that wants to wait calls `create` again
   */
  static async create(options: ClaimsPublisherOptions): Promise<ClaimsPublisher> {
    const config = readClaimsPublisherOptions(options)
    const { topic, brokers, clientId, tls, compression, log } = config
    const sasl = sharedSasl(config.sasl, systemClock, log)
    const connect = () => KafkaProducer.connect({ brokers, clientId, sasl, tls, topics: [topic], compression, clock: systemClock, log })
    const producer = await connected(connect)
    if (producer.partitionsOf(topic) === 1) return new ClaimsPublisher(topic, new Sender(producer, connect, config, systemClock, log))
    await producer.close()
    throw new ConfigurationError(`The topic ${topic} has more than one partition, between which there is no order.`)
  }

  /**
   * Puts these claims in the place of all that the topic has of the user. Resolves once all in-sync replicas have them; those of one user
   * arrive in the order of the calls.
   * @throws InvalidEntityError where gateways could not use them, PublishError where they are not, or may not be, written
   */
  async set(sub: string, claims: Claims): Promise<SentRecord> {
    const fault = claimsFault(claims)
    if (fault !== undefined) throw new InvalidEntityError('claims', 'claims that gateways can use', `an object that ${fault}`)
    return await this.write(sub, Buffer.from(writeClaims(claims)))
  }

  /** From then on the user's token alone counts. @throws as `set` does */
  async delete(sub: string): Promise<SentRecord> {
    return await this.write(sub, null)
  }

  /** Takes no more claims, sends those that wait, and leaves. What was not sent within `closeTimeoutMs` is rejected. */
  async close(): Promise<void> {
    await this.sender.close()
  }

  private async write(sub: string, value: Buffer | null): Promise<SentRecord> {
    if (typeof sub !== 'string' || sub === '' || !isWellFormed(sub)) throw behind('sub', invalid('the identity of a user', sub))
    return await this.sender.send(this.topic, { key: sub, value, timestampMs: undefined })
  }
}
