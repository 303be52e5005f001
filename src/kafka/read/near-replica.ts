/** How long a replica is read before the leader is asked again which one is the nearest, in milliseconds, as in Kafka's own client. */
const replicaMsMax = 300_000
/** How long the leader is read after a replica has failed, in milliseconds, as the leader may go on naming that replica for 30 s. */
const leaderMsMin = 30_000

/**
 * The replica of a partition that is read in the place of its leader, which has named it for our rack (KIP-392). A replica lags behind its
 * leader and knows less. So what it refuses is asked of the leader, and only the leader is believed where logs diverge.
 */
export class NearReplica {
  private named: { readonly broker: number; readonly untilMs: number } | undefined
  private leaderUntilMs = 0
  /** The epoch in which the leader has last compared its log with what was read. An answer that names a replica compares nothing. */
  private comparedEpoch: number | undefined

  /** The broker that has the replica; undefined where the leader is read. */
  get broker(): number | undefined {
    return this.named?.broker
  }

  /** Whether the leader may name a replica now. @param leaderEpoch of the leader that is asked. */
  mayBeNamed(leaderEpoch: number, nowMs: number): boolean {
    return this.comparedEpoch === leaderEpoch && nowMs >= this.leaderUntilMs
  }

  /** Must be called when the leader has answered a request that let it name no replica: it has compared its log. */
  compared(leaderEpoch: number): void {
    this.comparedEpoch = leaderEpoch
  }

  name(broker: number, nowMs: number): void {
    this.named = { broker, untilMs: nowMs + replicaMsMax }
  }

  /** Must be called when the leader changes, as another leader may name another replica. */
  forget(): void {
    this.named = undefined
  }

  forgetIfOld(nowMs: number): void {
    if (this.named !== undefined && nowMs >= this.named.untilMs) this.forget()
  }

  /** Gives up a replica that does not answer as it should. */
  leave(nowMs: number): void {
    this.forget()
    this.leaderUntilMs = nowMs + leaderMsMin
    this.comparedEpoch = undefined
  }
}
