import type { CurrentPolicy } from '#gateway/authorize/policy-in-force.js'
import type { Policy } from '#policy/rights.js'

/** A policy that a test replaces, without a file. */
export class HeldPolicy implements CurrentPolicy {
  private readonly followers: (() => void)[] = []

  constructor(public current: Policy) {}

  follow(replaced: () => void): void {
    this.followers.push(replaced)
  }

  replaceBy(policy: Policy): void {
    this.current = policy
    for (const replaced of this.followers) replaced()
  }
}
