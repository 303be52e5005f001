import { Place } from './place.js'
import { isJsonObject } from '#text/json-object.js'
import { parseJson } from '#text/json-text.js'
import { parseRule, type Rule } from './rule.js'

export const policyPlace = new Place({ whole: "The policy's file", part: "The policy's" })

/** The rules by role, in the file's order. @throws ConfigurationError one sentence that names the place in the file. */
export function parsePolicyFile(text: string): ReadonlyMap<string, readonly Rule[]> {
  const place = policyPlace
  // The gateway decodes invalid UTF-8 to this character, so that a rule that hides by such a value would hide nothing.
  if (text.includes('\ufffd')) throw place.refusal('is not UTF-8, or holds the character U+FFFD')
  const file = parseJson(text, (why) => place.refusal(why))
  if (!isJsonObject(file)) throw place.refusal('must hold an object')
  for (const name of Object.keys(file)) if (name !== 'roles') throw place.member(name).refusal('is not understood; there is "roles"')
  const roles = file['roles']
  if (!isJsonObject(roles)) throw place.member('roles').refusal('must be an object: the rules by role')
  return new Map(Object.entries(roles).map(([role, rules]) => [role, parseRole(role, rules, place.member('roles'))]))
}

function parseRole(role: string, json: unknown, roles: Place): Rule[] {
  const place = roles.member(role)
  // JSON readers put such names first, so that the file's order, which decides between roles, would be lost.
  if (/^(?:0|[1-9]\d*)$/.test(role))
    throw place.refusal('is a role named by a number, which has no place in the order of roles; give it a name')
  if (!Array.isArray(json)) throw place.refusal('must be a list of rules')
  return json.map((rule, index) => parseRule(rule, place.item(index)))
}
