import { firstAnswer } from './first-answer.js'
import { KafkaLink, type KafkaAddress, type KafkaLinkOptions } from './kafka-link.js'
import { metadataQuestion, type MetadataAnswer } from './wire/metadata-question.js'
import type { Question } from './wire/question.js'

/** A broker that has not answered within this time hangs or is far away: another one is asked too, in milliseconds. */
const patienceMs = 500

interface NodeLink {
  readonly opening: Promise<KafkaLink>
  link?: KafkaLink
}

/**
 * The brokers of a cluster, by their numbers as it tells them, and by the addresses that somebody has configured. Each has one link for
 * questions, which is made when it is needed.
 */
export class KafkaNodes {
  private known = new Map<number, KafkaAddress>()
  private readonly configured: readonly KafkaAddress[]
  private readonly links = new Map<string, NodeLink>()
  /** Who has answered last is asked first. */
  private answering: KafkaAddress | undefined
  private readonly closing = new AbortController()

  constructor(private readonly options: KafkaLinkOptions) {
    this.configured = options.brokers.map(parseAddress)
  }

  /** As the first one says who answers; of these topics, and of no others. @throws Error that says of each why it did not. */
  async metadata(topics: readonly string[]): Promise<MetadataAnswer> {
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
      if (answer.nodes.length > 0) this.known = new Map(answer.nodes.map(({ id, host, port }) => [id, { host, port }]))
      const asked = new Set(topics)
      return { ...answer, topics: answer.topics.filter(({ topic }) => asked.has(topic)) }
    } catch (error) {
      const { errors } = error as AggregateError
      throw new Error(errors.map(({ message }: Error) => message).join('; '), { cause: error })
    }
  }

  /** @throws Error */
  ask<Asked, Answer>(node: number, question: Question<Asked, Answer>, asked: Asked): Promise<Answer> {
    return this.askAt(this.addressOf(node), question, asked)
  }

  /** A link for fetches alone, on which answers wait for records; whoever opens it closes it. @throws Error */
  open(node: number): Promise<KafkaLink> {
    return KafkaLink.open(this.addressOf(node), this.options, this.closing.signal)
  }

  /** With all links, also those that are still being opened. */
  close(): void {
    this.closing.abort()
  }

  private inTurn(): KafkaAddress[] {
    const all = [...(this.answering ? [this.answering] : []), ...this.known.values(), ...this.configured]
    return [...new Map(all.map((address) => [nameOf(address), address])).values()]
  }

  private addressOf(node: number): KafkaAddress {
    const address = this.known.get(node)
    if (address === undefined) throw new Error(`there is no broker ${node}`)
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

  /** The one that is open or being opened, or else a new one. */
  private linkTo(address: KafkaAddress): Promise<KafkaLink> {
    const name = nameOf(address)
    const known = this.links.get(name)
    if (known !== undefined && known.link?.isOpen !== false) return known.opening
    const made: NodeLink = { opening: KafkaLink.open(address, this.options, this.closing.signal) }
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

/** As it is configured: `host:port`, where the host may be an IPv6 address in brackets. */
function parseAddress(text: string): KafkaAddress {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
}
