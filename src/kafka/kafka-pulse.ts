import type { Clock } from '#clock.js'

/** A broker answers each fetch within some 400 ms, even where there are no records. */
const fetchMsMax = 3_000
/** A broker holds the first join of a group for 3 s by default. */
const joinMsMax = 8_000
/** A broker that has not been asked within this time is not read from any more. */
const forgottenMs = 30_000

interface BrokerPulse {
  heardAtMs: number
  askedAtMs: number
}

/** Says whether Kafka answers now, long before it counts as lost: kafkajs tries for half a minute. */
export class KafkaPulse {
  private heardAtMs: number | undefined
  private hasFailed = false
  /** The brokers that are fetched from, by their number. */
  private readonly brokers = new Map<number, BrokerPulse>()

  constructor(private readonly clock: Clock) {}

  /** Every broker that is read from has answered in time. */
  readonly isUp = (): boolean => {
    if (this.hasFailed || this.heardAtMs === undefined) return false
    const nowMs = this.clock.monotonicMs()
    const asked = [...this.brokers.values()].filter(({ askedAtMs }) => nowMs - askedAtMs < forgottenMs)
    if (asked.length === 0) return nowMs - this.heardAtMs < joinMsMax
    return asked.every(({ heardAtMs }) => nowMs - heardAtMs < fetchMsMax)
  }

  readonly ageMs = (): number | undefined => (this.heardAtMs === undefined ? undefined : this.clock.monotonicMs() - this.heardAtMs)

  heard(): void {
    this.hasFailed = false
    this.heardAtMs = this.clock.monotonicMs()
  }

  failed(): void {
    this.hasFailed = true
  }

  /** A new reader begins, so the brokers that the last reader asked do not matter any more. */
  begins(): void {
    this.brokers.clear()
  }

  asked(broker: number): void {
    const nowMs = this.clock.monotonicMs()
    const known = this.brokers.get(broker)
    if (known === undefined || nowMs - known.askedAtMs >= forgottenMs) this.brokers.set(broker, { heardAtMs: nowMs, askedAtMs: nowMs })
    else known.askedAtMs = nowMs
  }

  answered(broker: number): void {
    this.heard()
    const known = this.brokers.get(broker)
    if (known !== undefined) known.heardAtMs = this.clock.monotonicMs()
  }
}
