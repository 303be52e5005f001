import type { CurrentPolicy } from '../../authorize/policy-in-force.js'
import { tokensAlone, type KnownUsers, type TokenUser } from '../../control/known-user.js'
import type { Audience, Policy, Rights } from '#policy/rights.js'
import type { NoteFault } from '../../observe/judging-faults.js'

/** Rights that cannot be worked out, and those of whom nothing can be known, show nothing. */
const noRights: Rights = { audienceOf: () => undefined }

/**
 * A client's rights under the policy in force. After a change of that they are worked out again when they are next asked for. Never throws, as they
 * are also asked for during the work for others; rights that cannot be worked out show nothing.
 */
export class CurrentRights implements Rights {
  private policy: Policy
  private rights: Rights
  /** The rights under the policy, or the token, before the present one. */
  private previous: Rights | undefined
  /** The rights of which the client last knew; undefined where they have not changed since. */
  private told: Rights | undefined

  constructor(
    private readonly inForce: Pick<CurrentPolicy, 'current'>,
    private token: TokenUser,
    private readonly noteFault: NoteFault,
    private readonly users: Pick<KnownUsers, 'userOf'> = tokensAlone,
  ) {
    this.policy = inForce.current
    this.rights = this.rightsBy(this.policy)
  }

  audienceOf(entityType: string): Audience | undefined {
    return this.audienceBy(this.now(), entityType)
  }

  /** Whether the rules for this type are the same as under the policy, or the token, before. */
  areAsBefore(entityType: string): boolean {
    const now = this.now()
    if (this.previous === undefined) return true
    return this.audienceBy(this.previous, entityType)?.key === this.audienceBy(now, entityType)?.key
  }

  /** The rights in force. The same object until the policy changes. */
  get inForceNow(): Rights {
    return this.now()
  }

  /** The rights of which the client last knew. */
  get lastTold(): Rights {
    const now = this.now()
    return this.told ?? now
  }

  /** By any rights of this client. Undefined where they show nothing, or cannot be worked out. */
  audienceUnder(rights: Rights, entityType: string): Audience | undefined {
    return this.audienceBy(rights, entityType)
  }

  /** The rights that the client had when this was last asked; undefined where nothing has changed since. */
  takeFormer(): Rights | undefined {
    this.now()
    const { told } = this
    this.previous = this.told = undefined
    return told && { audienceOf: (entityType) => this.audienceBy(told, entityType) }
  }

  /** From now on the client's rights are by another token. */
  replaceToken(token: TokenUser): void {
    this.now()
    this.token = token
    this.replace(this.policy)
  }

  /** From now on they are by what is known of the user now. */
  readAnew(): void {
    this.now()
    this.replace(this.policy)
  }

  private now(): Rights {
    const { current } = this.inForce
    if (this.policy !== current) this.replace(current)
    return this.rights
  }

  private replace(policy: Policy): void {
    this.previous = this.rights
    this.told ??= this.rights
    this.policy = policy
    this.rights = this.rightsBy(policy)
  }

  private rightsBy(policy: Policy): Rights {
    try {
      const user = this.users.userOf(this.token)
      return user === undefined ? noRights : policy.rightsOf(user.roles, user.claims)
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
