import type { Clock } from '#clock.js'

/** A broker answers each fetch within some 400 ms, also where there is nothing. */
const fetchMsMax = 3_000
/** A broker holds the first join of a group for 3 s by default. */
const joinMsMax = 8_000
/** A broker that has not been asked for so long is none that is read from any more. */
const forgottenMs = 30_000

interface BrokerPulse {
  heardAtMs: number
  askedAtMs: number
}

/** Whether Kafka answers now, which is known long before it counts as lost: kafkajs tries for half a minute. */
export class KafkaPulse {
  private heardAtMs: number | undefined
  private hasFailed = false
  /** Those that are fetched from, by their number. */
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

  /** A reader begins; those that the one before has asked do not matter any more. */
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
