import { setMaxListeners } from 'node:events'
import { firstAnswer } from './first-answer.js'
import { KafkaLink, type KafkaAddress, type KafkaLinkOptions } from './kafka-link.js'
import { metadataQuestion, type MetadataAnswer, type TopicMetadata } from './wire/metadata-question.js'
import type { Question } from './wire/question.js'

/** A broker that has not answered within this time hangs or is far away: another one is asked too, in milliseconds. */
const patienceMs = 500

interface BrokerLink {
  readonly opening: Promise<KafkaLink>
  link?: KafkaLink
}

/**
 * The brokers of a cluster, by the numbers that the cluster gives them and by the addresses that were configured. Each has one link for
 * questions, which is opened when it is needed.
 */
export class KafkaBrokers {
  private known = new Map<number, KafkaAddress>()
  private readonly configured: readonly KafkaAddress[]
  private readonly links = new Map<string, BrokerLink>()
  /** The broker that has answered last, which is asked first. */
  private answering: KafkaAddress | undefined
  private readonly closing = new AbortController()

  constructor(private readonly options: KafkaLinkOptions) {
    this.configured = options.brokers.map(parseAddress)
    setMaxListeners(0, this.closing.signal) // Each link listens.
  }

  /** What the first broker that answers says of these topics. @throws Error that says of each broker why it did not answer. */
  async metadata(topics: readonly string[]): Promise<MetadataAnswer> {
    const asked = new Set(topics) // An answer may name further topics, which nobody reads.
    const answer = await this.told(topics)
    return { ...answer, topics: answer.topics.filter(({ topic }) => asked.has(topic)) }
  }

  /** All topics that this login may describe. @throws as `metadata` does. */
  async allTopics(): Promise<readonly TopicMetadata[]> {
    return (await this.told(undefined)).topics
  }

  private async told(topics: readonly string[] | undefined): Promise<MetadataAnswer> {
    const asks = this.inTurn().map((address) => async () => {
      try {
        return { address, answer: await this.askAt(address, metadataQuestion, topics) }
      } catch (error) {
        throw new Error(`${nameOf(address)}: ${(error as Error).message}`, { cause: error })
      }
    })
    try {
      const { address, answer } = await firstAnswer(asks, patienceMs, this.options.clock)
      this.answering = address
      if (answer.brokers.length > 0) this.noteBrokers(answer)
      return answer
    } catch (error) {
      const { errors } = error as AggregateError
      // In the same order each time, whoever was asked first: what is said already is not said again.
      throw new Error(
        errors
          .map(({ message }: Error) => message)
          .sort()
          .join('; '),
        { cause: error },
      )
    }
  }

  /** The next metadata are asked of another broker first: this one may be cut off from the others and know old leaders. */
  askAnother(): void {
    const all = this.inTurn()
    this.answering = all[1] ?? all[0]
  }

  /** @throws Error */
  async ask<Asked, Answer>(broker: number, question: Question<Asked, Answer>, asked: Asked): Promise<Answer> {
    return await this.askAt(this.addressOf(broker), question, asked)
  }

  /** Opens a link for fetches alone, as their answers wait for records. The caller closes it. @throws Error */
  async open(broker: number): Promise<KafkaLink> {
    return await KafkaLink.open(this.addressOf(broker), this.options, this.closing.signal)
  }

  /** Closes all links, also those that are still being opened. */
  close(): void {
    this.closing.abort()
  }

  private noteBrokers({ brokers }: MetadataAnswer): void {
    this.known = new Map(brokers.map(({ id, host, port }) => [id, { host, port }]))
    const names = new Set([...this.known.values(), ...this.configured].map(nameOf))
    for (const [name, { link }] of this.links) {
      if (names.has(name)) continue
      link?.close()
      this.links.delete(name)
    }
  }

  private inTurn(): KafkaAddress[] {
    const all = [...(this.answering ? [this.answering] : []), ...this.known.values(), ...this.configured]
    return [...new Map(all.map((address) => [nameOf(address), address])).values()]
  }

  private addressOf(broker: number): KafkaAddress {
    const address = this.known.get(broker)
    if (address === undefined) throw new Error(`there is no broker ${broker}`)
    return address
  }

  private async askAt<Asked, Answer>(address: KafkaAddress, question: Question<Asked, Answer>, asked: Asked): Promise<Answer> {
    const link = await this.linkTo(address)
    try {
      return await link.ask(question, asked)
    } catch (error) {
      link.close()
      throw error
    }
  }

  /** The link that is open or being opened, or else a new one. */
  private linkTo(address: KafkaAddress): Promise<KafkaLink> {
    const name = nameOf(address)
    const known = this.links.get(name)
    if (known !== undefined && known.link?.isOpen !== false) return known.opening
    known?.link?.close()
    const made: BrokerLink = { opening: KafkaLink.open(address, this.options, this.closing.signal) }
    this.links.set(name, made)
    const forget = () => {
      if (this.links.get(name) === made) this.links.delete(name)
    }
    made.opening.then((link) => (made.link = link), forget)
    return made.opening
  }
}

function nameOf({ host, port }: KafkaAddress): string {
  return `${host}:${port}`
}

/** @param text `host:port`, where the host may be an IPv6 address in brackets. */
function parseAddress(text: string): KafkaAddress {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
}
