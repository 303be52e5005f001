import { parseCondition } from './condition-syntax.js'
import type { Condition } from './condition.js'
import { parseFieldPattern, type FieldPattern } from './field-pattern.js'
import type { Place } from './place.js'
import { isJsonObject } from '#text/json-object.js'

/** A rule as it applies to one entity type, with its claims still open. */
export interface AppliedRule {
  /** Whether the rule shows the leaves that it names, or hides them. */
  readonly shows: boolean
  readonly patterns: readonly FieldPattern[]
  readonly condition: Condition | undefined
}

/** The rule where its condition cannot be decided: a rule that shows names nothing, and one that hides applies without its condition. */
export function undecided(rule: AppliedRule): AppliedRule {
  return { shows: rule.shows, patterns: rule.shows ? [] : rule.patterns, condition: undefined }
}

/** A checked rule of the policy file. */
export interface Rule extends AppliedRule {
  readonly place: Place
  readonly entityTypes: ReadonlySet<string>
}

const members: ReadonlySet<string> = new Set(['action', 'subject', 'fields', 'conditions', 'inverted', 'reason'])

/** Reads one of CASL's raw rules. @throws ConfigurationError with the place of what is not understood. */
export function parseRule(json: unknown, place: Place): Rule {
  if (!isJsonObject(json)) throw place.refusal('must be an object: a rule')
  for (const name of Object.keys(json)) {
    // With a misspelt "conditions" everybody would see what was meant for some.
    if (!members.has(name)) throw place.member(name).refusal(`is not a member of a rule; there are ${[...members].join(', ')}`)
  }
  const { action, subject, fields, conditions, inverted = false, reason } = json
  if (typeof inverted !== 'boolean') throw place.member('inverted').refusal('must be true or false')
  if (reason !== undefined && typeof reason !== 'string') throw place.member('reason').refusal('must be a string')
  checkAction(action, place.member('action'))
  return {
    place,
    shows: !inverted,
    entityTypes: new Set(parseSubjects(subject, place.member('subject'))),
    patterns: parseFields(fields, place.member('fields'), !inverted),
    condition: conditions === undefined ? undefined : parseCondition(conditions, place.member('conditions')),
  }
}

function checkAction(json: unknown, place: Place): void {
  const actions = oneOrMore(json)
  if (actions.length === 0 || actions.some((action) => action !== 'read')) throw place.refusal('must be "read", the only action there is')
}

function parseSubjects(json: unknown, place: Place): string[] {
  const subjects = oneOrMore(json)
  if (subjects.length === 0) throw place.refusal('must be the name of an entity type, or a list of such names')
  return subjects.map((subject, index) => parseSubject(subject, Array.isArray(json) ? place.item(index) : place))
}

function parseSubject(json: unknown, place: Place): string {
  if (typeof json !== 'string' || json === '' || json.includes('${')) throw place.refusal('must be the name of an entity type')
  if (json === 'all') throw place.refusal('is "all", which CASL takes for every type there is or will be; name the entity types')
  return json
}

function parseFields(json: unknown, place: Place, shows: boolean): FieldPattern[] {
  const fields = oneOrMore(json)
  if (fields.length === 0) throw place.refusal('must name at least one field; "**" names all, those that are added later among them')
  return fields.map((field, index) => parseFieldPattern(field, Array.isArray(json) ? place.item(index) : place, shows))
}

function oneOrMore(json: unknown): readonly unknown[] {
  if (json === undefined) return []
  return Array.isArray(json) ? json : [json]
}
