import type { Clock } from '#clock.js'
import type { EntityRequest } from '#protocol/request.js'
import type { Subscribe } from './client.js'
import type { ConnectionSubscriptions } from './connection-subscriptions.js'

/** Nodes are seldom further apart than two seconds. */
const lookMs = 100
const looksMax = 20

interface Waiting {
  readonly request: Subscribe
  looksLeft: number
}

/**
 * The requests of one client whose cursors are ahead of what this node has read: they wait until it has, in their order. Each takes a place
 * among the client's subscriptions.
 */
export class AheadRequests {
  private waiting: Waiting[] = []
  private cancelLook: (() => void) | undefined
  private isOver = false

  /** @param answer answers a request, unless it is to wait on. */
  constructor(
    private readonly clock: Clock,
    private readonly subscriptions: Pick<ConnectionSubscriptions, 'reserve' | 'release'>,
    private readonly answer: (request: Subscribe, isLastLook: boolean) => 'answered' | 'ahead',
  ) {}

  add(request: Subscribe): void {
    this.wait({ request, looksLeft: looksMax })
    this.lookSoon()
  }

  /**
   * Takes out what a later request about the same entity leaves behind: answered after that, it would show older versions than the client
   * has by then.
   */
  takeOvertaken({ type, entity_id, entity_type }: EntityRequest): Subscribe[] {
    const coversAll = type === 'subscribe' && entity_type === undefined
    const isOvertaken = ({ request }: Waiting) => request.entity_id === entity_id && (coversAll || request.entity_type === entity_type)
    const overtaken = this.waiting.filter(isOvertaken)
    if (overtaken.length === 0) return []
    this.waiting = this.waiting.filter((one) => !isOvertaken(one))
    this.subscriptions.release(overtaken.length)
    return overtaken.map(({ request }) => request)
  }

  /** The client has gone, and its places with it. */
  clear(): void {
    this.isOver = true
    this.waiting = []
    this.cancelLook?.()
  }

  private look(): void {
    this.cancelLook = undefined
    for (const one of this.waiting.splice(0)) {
      if (this.isOver) return
      this.subscriptions.release(1)
      one.looksLeft--
      if (this.answer(one.request, one.looksLeft === 0) === 'ahead') this.wait(one)
    }
    this.lookSoon()
  }

  private wait(one: Waiting): void {
    this.subscriptions.reserve()
    this.waiting.push(one)
  }

  private lookSoon(): void {
    if (this.waiting.length > 0) this.cancelLook ??= this.clock.after(lookMs, () => this.look())
  }
}
