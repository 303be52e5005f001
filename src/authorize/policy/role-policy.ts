import { isJsonObject, Place } from './place.js'
import type { Claims, Policy, Rights } from '../rights.js'
import { AudienceTable, RoleRights } from '../audience/role-rights.js'
import { parseRule, type Rule } from './rule.js'

// In: the policy file, then the roles and claims of each token. Out: for each user and entity type the audience that judges its events.
// A policy that is not understood to its last word is refused as a whole (ConfigurationError); a role that it does not know gives nothing.

/** @throws ConfigurationError one sentence that names the place in the file. */
export function parsePolicy(text: string): RolePolicy {
  const place = new Place()
  const file = parseJson(text, place)
  if (!isJsonObject(file)) throw place.refusal('must hold an object')
  for (const name of Object.keys(file)) if (name !== 'roles') throw place.member(name).refusal('is not understood; there is "roles"')
  const roles = file['roles']
  if (!isJsonObject(roles)) throw place.member('roles').refusal('must be an object: the rules by role')
  return new RolePolicy(new Map(Object.entries(roles).map(([role, rules]) => [role, parseRole(role, rules, place.member('roles'))])))
}

/** Rules by role. Of a user with several roles the rules are applied in the file's order, whatever the order in the token. */
export class RolePolicy implements Policy {
  private readonly audiences = new AudienceTable()

  constructor(private readonly rulesByRole: ReadonlyMap<string, readonly Rule[]>) {}

  get roles(): readonly string[] {
    return [...this.rulesByRole.keys()]
  }

  get rules(): readonly Rule[] {
    return [...this.rulesByRole.values()].flat()
  }

  rightsOf(roles: readonly string[], claims: Claims): Rights {
    const held = [...this.rulesByRole].filter(([role]) => roles.includes(role))
    return new RoleRights(
      held.flatMap(([, rules]) => rules),
      claims,
      this.audiences,
    )
  }
}

function parseRole(role: string, json: unknown, roles: Place): Rule[] {
  const place = roles.member(role)
  // JSON readers put such names first, so that the file's order, which decides, would be lost.
  if (/^(?:0|[1-9]\d*)$/.test(role))
    throw place.refusal('is a role named by a number, which has no place in the order of roles; give it a name')
  if (!Array.isArray(json)) throw place.refusal('must be a list of rules')
  return json.map((rule, index) => parseRule(rule, place.item(index)))
}

function parseJson(text: string, place: Place): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const offset = /position (\d+)/.exec(message)?.[1]
    const line = offset === undefined ? '' : ` (line ${text.slice(0, Number(offset)).split('\n').length})`
    throw place.refusal(`is not JSON${line}: ${message}`)
  }
}
