import type { Clock } from '#clock.js'

/** What is looked at. */
interface Beating {
  /** For how many looks nothing was heard; whatever is heard sets it back to 0. */
  quietFor: number
  ping(): void
  close(): void
}

/** A look every third of the timeout: after two in which nothing was heard a ping goes out, and the third one cuts off. */
const looks = 3

/** Sockets are looked at in so many groups, one after the other, as 10,000 pings at once would take 0.1 s. */
const groupsMax = 64

/** Cuts off what has not been heard for up to `timeoutSeconds`, and asks it by a ping before. 0: never. */
export class Heartbeat<T extends Beating> {
  private readonly groups = Array.from({ length: groupsMax }, () => new Set<T>())
  private readonly stepMs: number
  private count = 0
  private next = 0
  private joined = 0
  private isStopped = false
  private cancel: (() => void) | undefined

  constructor(
    timeoutSeconds: number,
    private readonly clock: Clock,
  ) {
    this.stepMs = (timeoutSeconds * 1000) / looks / groupsMax
  }

  /** Answers what ends it. */
  watch(one: T): () => void {
    const group = this.groups[this.joined++ % groupsMax]!
    group.add(one)
    this.count++
    if (this.cancel === undefined) this.goOn()
    return () => {
      if (group.delete(one)) this.count--
    }
  }

  stop(): void {
    this.isStopped = true
    this.cancel?.()
  }

  private goOn(): void {
    const mayGoOn = this.stepMs > 0 && this.count > 0 && !this.isStopped
    this.cancel = mayGoOn ? this.clock.after(this.stepMs, () => this.step()) : undefined
  }

  private step(): void {
    for (const one of this.groups[this.next]!) look(one)
    this.next = (this.next + 1) % groupsMax
    this.goOn()
  }
}

function look(one: Beating): void {
  one.quietFor++
  if (one.quietFor === looks) one.close()
  else if (one.quietFor === looks - 1) one.ping()
}
