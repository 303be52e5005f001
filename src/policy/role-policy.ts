import { BoundedMap } from '#bounded-map.js'
import { AudienceTable, RoleRights } from './audience/role-rights.js'
import { parsePolicyFile } from './rules/policy-file.js'
import type { Rule } from './rules/rule.js'
import type { UserClaims } from './claim-path.js'
import type { Policy, Rights } from './rights.js'
import type { UndecidedWatch } from './undecided.js'

// Enters: the policy file, then the roles and claims of each token. Leaves: for each user and entity type the audience that judges its
// events. A policy that is not understood to the last word is refused as a whole (ConfigurationError); a role that the policy does not know
// gives no rights.

/** @throws ConfigurationError one sentence that names the place in the file. */
export function parsePolicy(text: string, watch?: UndecidedWatch): RolePolicy {
  return new RolePolicy(parsePolicyFile(text), watch)
}

/** The limit of remembered combinations of roles; organizations have some dozens. */
const sharedMax = 1024

/** Rules by role. The rules of a user with several roles apply in the file's order, whatever the order in the token. */
export class RolePolicy implements Policy {
  private readonly audiences: AudienceTable
  /** The rights of users whose rules refer to no claim, by the roles that they hold. */
  private readonly shared = new BoundedMap<string, Rights>(sharedMax)

  constructor(
    private readonly rulesByRole: ReadonlyMap<string, readonly Rule[]>,
    watch?: UndecidedWatch,
  ) {
    this.audiences = new AudienceTable(watch)
  }

  get roles(): readonly string[] {
    return [...this.rulesByRole.keys()]
  }

  get rules(): readonly Rule[] {
    return [...this.rulesByRole.values()].flat()
  }

  /** How many audiences there are, and how many masks for them: what an event costs grows by these, not by people. */
  get sharing(): { readonly audiences: number; readonly masks: number } {
    const { size, masks } = this.audiences
    return { audiences: size, masks }
  }

  rightsOf(roles: readonly string[], claims: UserClaims): Rights {
    const held = [...this.rulesByRole].filter(([role]) => roles.includes(role))
    const rules = held.flatMap(([, rules]) => rules)
    if (rules.some(({ condition }) => condition?.isOpen)) return new RoleRights(rules, claims, this.audiences)
    return this.sharedRights(JSON.stringify(held.map(([role]) => role)), rules)
  }

  private sharedRights(key: string, rules: readonly Rule[]): Rights {
    let rights = this.shared.get(key)
    if (rights === undefined) {
      rights = new RoleRights(rules, {}, this.audiences)
      this.shared.set(key, rights)
    }
    return rights
  }
}
