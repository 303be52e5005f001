import type { Identity } from '../../authenticate/identity.js'
import type { Audience, Policy, Rights } from '../../authorize/rights.js'

/** The policy as it stands. It may be replaced while clients are connected. */
export interface PolicyInForce {
  readonly current: Policy
}

/** A client's rights by the policy in force: worked out anew when they are next asked for after a change. */
export class CurrentRights implements Rights {
  private policy: Policy
  private rights: Rights
  /** By the policy just before. */
  private previous: Rights | undefined
  /** By the policy whose subscriptions the client was last told of. */
  private told: Rights | undefined

  constructor(
    private readonly inForce: PolicyInForce,
    private readonly identity: Pick<Identity, 'roles' | 'claims'>,
  ) {
    this.policy = inForce.current
    this.rights = this.policy.rightsOf(identity.roles, identity.claims)
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.now().audienceOf(entityType)
  }

  /** Whether the rules for this type are the same as by the policy before. */
  areAsBefore(entityType: string): boolean {
    const now = this.now()
    return this.previous === undefined || this.previous.audienceOf(entityType)?.key === now.audienceOf(entityType)?.key
  }

  /** The rights that the client had when this was last asked; undefined where nothing has changed since. */
  takeFormer(): Rights | undefined {
    this.now()
    const { told } = this
    this.previous = this.told = undefined
    return told
  }

  private now(): Rights {
    const { current } = this.inForce
    if (this.policy !== current) {
      this.previous = this.rights
      this.told ??= this.rights
      this.policy = current
      this.rights = current.rightsOf(this.identity.roles, this.identity.claims)
    }
    return this.rights
  }
}
