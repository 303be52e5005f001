import { Allowance } from './allowance.js'
import type { Channel } from './channel.js'
import type { Surroundings } from './surroundings.js'

/** A connected server, as its first message tells of it. */
export interface Server {
  readonly features: readonly string[]
  readonly limits: unknown
  readonly send: (text: string) => void
}

const requestTypes = ['unsubscribe', 'subscribe'] as const
type RequestType = (typeof requestTypes)[number]
type Waiting = readonly [RequestType, Channel]

/** A server that owes an answer for so long has lost it, or the request. It is given as long again, as the clock may be what was late. */
const answerMsMax = 15_000
/** How soon it is tried again to send what the allowance has no room for. */
const againMs = 250
const listMax = 1000

/** Enters: channels that are to be asked for, or no more. Leaves: frames, within the server's limits, and whose an answer is. */
export class Outbox {
  /** The last wish of each channel, by its key. */
  private readonly waiting = new Map<string, Waiting>()
  /** What the server has yet to answer, in the order of asking. */
  private readonly owed = new Map<number, Channel>()
  private server: Server | undefined
  private allowance = new Allowance(undefined, 0)
  private lastRef = 0
  private isScheduled = false
  private endAgain = (): void => undefined
  private endWatch = (): void => undefined

  constructor(
    private readonly surroundings: Surroundings,
    private readonly hasMarks: boolean,
    private readonly broken: (reason: string) => void,
  ) {}

  up(server: Server): void {
    this.server = server
    this.allowance = new Allowance(server.limits, this.surroundings.nowMs())
  }

  get isUp(): boolean {
    return this.server !== undefined
  }

  down(): void {
    this.server = undefined
    this.waiting.clear()
    this.owed.clear()
    this.endAgain()
    this.endWatch()
  }

  /** Leaves with all that is asked for in the same moment. */
  put(type: RequestType, channel: Channel): void {
    if (this.server === undefined) return
    const key = JSON.stringify([channel.entityType, channel.entityId])
    this.waiting.delete(key)
    this.waiting.set(key, [type, channel])
    if (!this.isScheduled) this.surroundings.soon(() => this.flush())
    this.isScheduled = true
  }

  /** Whose answer this is, once. Without marks it is that of the only request under way. */
  answered(ref: unknown): Channel | undefined {
    const known = this.hasMarks ? (ref as number) : this.lastRef
    const channel = this.owed.get(known)
    this.owed.delete(known)
    if (channel !== undefined && this.owed.size === 0) {
      this.endWatch()
      this.allowance.fill(this.surroundings.nowMs(), true)
      this.flush()
    }
    return channel
  }

  private flush(): void {
    this.isScheduled = false
    this.endAgain()
    for (const type of requestTypes) while (this.server !== undefined && this.sendFrame(type, this.server));
    if (this.waiting.size > 0 && this.hasMarks) this.endAgain = this.surroundings.after(againMs, () => this.flush())
  }

  /** Answers whether it could. */
  private sendFrame(type: RequestType, { features, send }: Server): boolean {
    this.allowance.fill(this.surroundings.nowMs(), this.owed.size > 0)
    const requests = this.takeRequests(type, features)
    if (requests.length === 0) return false
    const head = `{"type":"${type}",`
    const text = requests.length === 1 ? head + requests[0]!.slice(1) : `${head}"subscriptions":[${requests.join()}]}`
    this.allowance.spend(text.length)
    this.watch()
    send(text)
    return true
  }

  /** As many as fit into a frame. */
  private takeRequests(type: RequestType, features: readonly string[]): string[] {
    const countMax = features.includes('list') ? listMax : 1
    const requests: string[] = []
    let bytes = 50
    for (const [key, [wish, channel]] of this.waiting) {
      if (requests.length === countMax || (!this.hasMarks && this.owed.size > 0)) break
      if (wish !== type) continue
      const ref = this.hasMarks ? this.lastRef + 1 : undefined
      const request = type === 'subscribe' ? channel.request(features) : { entity_id: channel.entityId, entity_type: channel.entityType }
      const text = asciiJson({ ...request, ref })
      bytes += text.length + 1
      if (bytes > this.allowance.room && !(this.allowance.isFull && requests.length === 0)) break
      this.waiting.delete(key)
      this.owed.set(++this.lastRef, channel)
      if (type === 'subscribe') channel.step('sent')
      requests.push(text)
    }
    return requests
  }

  /** Looks whether what has waited longest is still not answered. */
  private watch(isSecond = false, oldest = [...this.owed.keys()][0]!): void {
    this.endWatch()
    this.endWatch = this.surroundings.after(answerMsMax, () => {
      if (!this.owed.has(oldest)) this.watch()
      else if (isSecond) this.broken('The server does not answer a request.')
      else this.watch(true, oldest)
    })
  }
}

/** Each of its characters is a byte, so that its length is known. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(/[^\0-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
