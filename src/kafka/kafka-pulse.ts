import type { Clock } from '#clock.js'

/** A broker that owes an answer for longer is away, in milliseconds: it answers a fetch within some 400 ms, even without records. */
const fetchMsMax = 3_000
/** Kafka is away after this time without any answer, in milliseconds: brokers are asked for topics every 5 s, come what may. */
const quietMsMax = 8_000

/** Whether Kafka answers now, which is known long before a request is given up. */
export class KafkaPulse {
  private heardAtMs: number | undefined
  private hasFailed = false
  /** Since when each broker owes an answer, by its number. */
  private readonly owing = new Map<number, number>()
  /** The brokers whose connections have failed, and that have not answered since. */
  private readonly gone = new Set<number>()
  private readFrom: ReadonlySet<number> = new Set()

  constructor(private readonly clock: Clock) {}

  /** Whether every broker that is read from has answered in time. */
  readonly isUp = (): boolean => {
    const { heardAtMs } = this
    if (this.hasFailed || heardAtMs === undefined || this.gone.size > 0) return false
    const nowMs = this.clock.monotonicMs()
    return nowMs - heardAtMs < quietMsMax && [...this.owing.values()].every((sinceMs) => nowMs - sinceMs < fetchMsMax)
  }

  readonly ageMs = (): number | undefined => (this.heardAtMs === undefined ? undefined : this.clock.monotonicMs() - this.heardAtMs)

  heard(): void {
    this.hasFailed = false
    this.heardAtMs = this.clock.monotonicMs()
  }

  failed(): void {
    this.hasFailed = true
  }

  /** A broker that is asked again still owes its first answer, so the time of the first question counts. */
  asked(broker: number): void {
    if (!this.owing.has(broker)) this.owing.set(broker, this.clock.monotonicMs())
  }

  answered(broker: number): void {
    this.heard()
    this.owing.delete(broker)
    this.gone.delete(broker)
  }

  /** Notes that a broker's connection has failed, until it answers again. Returns whether that is news. */
  lost(broker: number): boolean {
    const isNews = !this.gone.has(broker)
    this.gone.add(broker)
    return isNews
  }

  get lostBrokers(): readonly number[] {
    return [...this.gone]
  }

  /** Whether nothing at all is read. */
  get isAllLost(): boolean {
    return this.gone.size > 0 && [...this.readFrom].every((broker) => this.gone.has(broker))
  }

  /** Sets which brokers are read from. What others owe, or that they are gone, does not count any more. */
  readsFrom(brokers: ReadonlySet<number>): void {
    this.readFrom = brokers
    for (const broker of [...this.owing.keys(), ...this.gone]) {
      if (brokers.has(broker)) continue
      this.owing.delete(broker)
      this.gone.delete(broker)
    }
  }
}
