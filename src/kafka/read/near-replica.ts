/** So long a replica is read from until the leader is asked again which one is the nearest, in milliseconds: as long as Kafka's own client. */
const replicaMsMax = 300_000
/** After a replica has failed, its leader is read for so long, in milliseconds: it may go on naming that replica for 30 s. */
const leaderMsMin = 30_000

/**
 * Which replica of a partition is read from in the place of its leader, as the leader has named it for our rack (KIP-392). A replica is
 * behind its leader and knows less than it: what it refuses is asked of the leader, and what leaders know is not believed to it.
 */
export class NearReplica {
  private named: { readonly node: number; readonly untilMs: number } | undefined
  private leaderUntilMs = 0
  /** The last of the leader's epochs in which it has compared its log with what was read. It does not where it names a replica. */
  private comparedEpoch: number | undefined

  /** Undefined where the leader is read. */
  get node(): number | undefined {
    return this.named?.node
  }

  /** Whether the leader may name a replica now. @param leaderEpoch of the leader that is asked. */
  mayBeNamed(leaderEpoch: number, nowMs: number): boolean {
    return this.comparedEpoch === leaderEpoch && nowMs >= this.leaderUntilMs
  }

  /** A leader has answered who was not asked to name a replica. */
  compared(leaderEpoch: number): void {
    this.comparedEpoch = leaderEpoch
  }

  name(node: number, nowMs: number): void {
    this.named = { node, untilMs: nowMs + replicaMsMax }
  }

  /** The leader is another one, or was named for long enough. */
  forget(): void {
    this.named = undefined
  }

  forgetIfOld(nowMs: number): void {
    if (this.named !== undefined && nowMs >= this.named.untilMs) this.forget()
  }

  /** It does not answer as it should. */
  leave(nowMs: number): void {
    this.forget()
    this.leaderUntilMs = nowMs + leaderMsMin
    this.comparedEpoch = undefined
  }
}
