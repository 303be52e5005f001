import type { Clock } from '#clock.js'

/** A broker answers each fetch within some 400 ms, even where there are no records. */
const fetchMsMax = 3_000
/** Brokers are asked for their topics every 5 s, also where nothing is fetched. */
const quietMsMax = 8_000

/** Whether Kafka answers now, which is known long before a request is given up. */
export class KafkaPulse {
  private heardAtMs: number | undefined
  private hasFailed = false
  /** Since when those owe an answer that are fetched from, by their number. */
  private readonly owing = new Map<number, number>()

  /** Those whose connections have failed, and that have not answered since. */
  private readonly gone = new Set<number>()
  private readFrom: ReadonlySet<number> = new Set()

  constructor(private readonly clock: Clock) {}

  /** Every broker that is read from has answered in time. */
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

  /** Whoever is asked again owes the first answer still. */
  asked(broker: number): void {
    if (!this.owing.has(broker)) this.owing.set(broker, this.clock.monotonicMs())
  }

  answered(broker: number): void {
    this.heard()
    this.owing.delete(broker)
    this.gone.delete(broker)
  }

  /** Its connection has failed, until it answers again. Whether that is news. */
  lost(broker: number): boolean {
    const isNews = !this.gone.has(broker)
    this.gone.add(broker)
    return isNews
  }

  get lostBrokers(): readonly number[] {
    return [...this.gone]
  }

  /** Nothing at all is read. */
  get isAllLost(): boolean {
    return this.gone.size > 0 && [...this.readFrom].every((broker) => this.gone.has(broker))
  }

  /** The others do not matter any more. */
  readsFrom(brokers: ReadonlySet<number>): void {
    this.readFrom = brokers
    for (const broker of [...this.owing.keys(), ...this.gone]) {
      if (brokers.has(broker)) continue
      this.owing.delete(broker)
      this.gone.delete(broker)
    }
  }
}
