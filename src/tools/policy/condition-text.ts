import { ClaimSlot } from '#policy/rules/claim-slot.js'
import type { Condition, Query } from '#policy/rules/condition.js'
import { Literal } from '#policy/rules/literal.js'
import type { UserClaims } from '#policy/claim-path.js'

const comparisons: Readonly<Record<string, string>> = {
  ...{ $eq: '=', $ne: '!=', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' },
  ...{ $in: 'in', $nin: 'not in', $all: 'has all of', $size: 'has the size' },
}
const compounds: Readonly<Record<string, string>> = { $and: ' and ', $or: ' or ', $nor: ' or ' }

/** A condition as people read it: `region = ${user.region} and total > 100`. Equal conditions have equal texts. */
export function conditionText(condition: Condition): string {
  return queryText(condition.toJSON())
}

function queryText(query: Query): string {
  return membersOf(query)
    .map(([name, part]) => (name in compounds ? compoundText(name, part) : fieldText(name, part)))
    .join(' and ')
}

function compoundText(name: string, part: Query): string {
  const text = (part as readonly Query[]).map((one) => inParentheses(queryText(one))).join(compounds[name])
  return name === '$nor' ? `not (${text})` : inParentheses(text)
}

function fieldText(path: string, query: Query): string {
  if (isValue(query)) return `${path} = ${valueText(query)}`
  return membersOf(query)
    .map(([operator, operand]) => operatorText(path, operator, operand))
    .join(' and ')
}

function operatorText(path: string, operator: string, operand: Query): string {
  if (operator === '$exists') return `${path} ${operand === true ? 'is there' : 'is absent'}`
  if (operator === '$not') return `not (${fieldText(path, operand)})`
  if (operator === '$elemMatch') return `some of ${path} has (${elementText(operand)})`
  return `${path} ${comparisons[operator]!} ${valueText(operand)}`
}

/** The condition on an element: on the fields of a record, or on a value itself. */
function elementText(query: Query): string {
  const ofValue = membersOf(query).some(([name]) => name.startsWith('$') && !(name in compounds))
  return ofValue ? fieldText('it', query) : queryText(query)
}

function valueText(value: Query): string {
  if (value instanceof ClaimSlot) return `\${user.${value.claim}}`
  if (value instanceof Literal) return JSON.stringify(value.value)
  return Array.isArray(value) ? `[${value.map(valueText).join(', ')}]` : JSON.stringify(value)
}

function isValue(query: Query): boolean {
  return query instanceof ClaimSlot || query instanceof Literal
}

function membersOf(query: Query): [string, Query][] {
  return Object.entries(query as Readonly<Record<string, Query>>)
}

function inParentheses(text: string): string {
  return / (and|or) /.test(text) && !/^\([^()]*\)$/.test(text) ? `(${text})` : text
}

/** The claims that a condition needs, each once. */
export function claimsOf(condition: Condition): string[] {
  return [...new Set(slotsOf(condition).map(({ claim }) => claim))]
}

/** The claims that the token lacks, or has in a form that cannot stand in the condition. */
export function claimsLackedBy(condition: Condition, claims: UserClaims): string[] {
  const open = slotsOf(condition).filter((slot) => slot.fill(claims) === undefined)
  return [...new Set(open.map(({ claim }) => claim))]
}

function slotsOf(condition: Condition): ClaimSlot[] {
  const slots: ClaimSlot[] = []
  const visit = (part: unknown): void => {
    if (part instanceof ClaimSlot) slots.push(part)
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit)
  }
  visit(condition.toJSON())
  return slots
}
