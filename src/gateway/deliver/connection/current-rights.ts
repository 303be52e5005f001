import type { Identity } from '../../authenticate/identity.js'
import type { CurrentPolicy } from '../../authorize/policy-in-force.js'
import type { Audience, Policy, Rights } from '#policy/rights.js'
import type { NoteFault } from '../../observe/judging-faults.js'

/** What is not understood shows nothing. */
const noRights: Rights = { audienceOf: () => undefined }

/**
 * A client's rights by the policy in force: worked out anew when they are next asked for after a change. Never throws: they are asked for
 * amid the work for others, too, and where they cannot be worked out nothing is shown.
 */
export class CurrentRights implements Rights {
  private policy: Policy
  private rights: Rights
  /** By the policy just before. */
  private previous: Rights | undefined
  /** By the policy whose subscriptions the client was last told of. */
  private told: Rights | undefined

  constructor(
    private readonly inForce: Pick<CurrentPolicy, 'current'>,
    private readonly identity: Pick<Identity, 'roles' | 'claims'>,
    private readonly noteFault: NoteFault,
  ) {
    this.policy = inForce.current
    this.rights = this.rightsBy(this.policy)
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.audienceBy(this.now(), entityType)
  }

  /** Whether the rules for this type are the same as by the policy before. */
  areAsBefore(entityType: string): boolean {
    const now = this.now()
    if (this.previous === undefined) return true
    return this.audienceBy(this.previous, entityType)?.key === this.audienceBy(now, entityType)?.key
  }

  /** The rights that the client had when this was last asked; undefined where nothing has changed since. */
  takeFormer(): Rights | undefined {
    this.now()
    const { told } = this
    this.previous = this.told = undefined
    return told && { audienceOf: (entityType) => this.audienceBy(told, entityType) }
  }

  private now(): Rights {
    const { current } = this.inForce
    if (this.policy !== current) {
      this.previous = this.rights
      this.told ??= this.rights
      this.policy = current
      this.rights = this.rightsBy(current)
    }
    return this.rights
  }

  private rightsBy(policy: Policy): Rights {
    try {
      return policy.rightsOf(this.identity.roles, this.identity.claims)
    } catch (error) {
      this.noteFault('rights', '', error)
      return noRights
    }
  }

  private audienceBy(rights: Rights, entityType: string): Audience | undefined {
    try {
      return rights.audienceOf(entityType)
    } catch (error) {
      this.noteFault('rights', entityType, error)
      return undefined
    }
  }
}
