import type { ConfigurationError } from '#errors.js'
import { parseClaimReference, type ClaimKind } from './claim-slot.js'
import { Condition, type Query } from './condition.js'
import { fieldName } from './field-name.js'
import { Literal, isRounded, isScalar } from './literal.js'
import type { Place } from './place.js'
import { isJsonObject } from '#text/json-object.js'

/** Conditions are read recursively, on loading and for every event. People cannot follow deeper ones either. */
const depthMax = 16

/** Reads the `conditions` of a rule. Anything that is not understood, to the last operator, is refused with its place. */
export function parseCondition(json: unknown, place: Place): Condition {
  const paths = new Set<string>()
  const query = parseQuery(json, place, { paths, prefix: '', recordAt: 0, depth: 0 })
  return new Condition(query, [...paths])
}

interface Context {
  readonly paths: Set<string>
  /** The path of the value that is compared, with a dot at its end; empty for the entity itself. */
  readonly prefix: string
  /** The length of the part of `prefix` that leads to the record whose fields are named. */
  readonly recordAt: number
  readonly depth: number
}

type Parse = (json: unknown, place: Place, context: Context) => Query

/** Reads a condition on a record: `{ "region": "eu", "$or": [...] }`. */
function parseQuery(json: unknown, place: Place, context: Context): Query {
  return parseMembers(json, place, context, (key, value, at, inner) => {
    if (!key.startsWith('$') || key.startsWith('${')) return parseField(key, value, at, inner)
    if (!compounds.has(key)) throw operatorRefusal(key, at)
    if (inner.prefix !== '') throw at.refusal('cannot stand inside $elemMatch; put it around the $elemMatch')
    if (!Array.isArray(value) || value.length === 0) throw at.refusal('must be a list of at least one condition')
    return value.map((item, index) => parseQuery(item, at.item(index), inner))
  })
}

function parseField(name: string, json: unknown, place: Place, context: Context): Query {
  if (!name.split('.').every((step) => fieldName.test(step))) throw place.refusal('is no path of field names, such as "address.city"')
  // ucast's parser finds these names in its table of operators, as every object has them.
  if (name in {} || name === '__itself__') throw place.refusal('is a name that conditions cannot ask for')
  const path = context.prefix + name
  context.paths.add(path)
  const inner = { ...context, prefix: `${path}.` }
  return isJsonObject(json) ? parseOperators(json, place, inner) : scalar(json, place, inner)
}

/** Reads a condition on a value: `{ "$gt": 10, "$lt": 20 }`. */
function parseOperators(json: unknown, place: Place, context: Context): Query {
  return parseMembers(json, place, context, (key, value, at, inner) => {
    if (Object.hasOwn(operators, key)) return operators[key]!(value, at, inner)
    throw isFieldName(key) ? fieldRefusal((inner.prefix + key).slice(inner.recordAt), value, at) : operatorRefusal(key, at)
  })
}

function parseMembers(
  json: unknown,
  place: Place,
  context: Context,
  parseMember: (key: string, value: unknown, place: Place, context: Context) => Query,
): Query {
  if (!isJsonObject(json) || Object.keys(json).length === 0) throw place.refusal('must be an object with at least one member')
  if (context.depth === depthMax) throw place.refusal(`is nested deeper than ${depthMax} levels`)
  const inner = { ...context, depth: context.depth + 1 }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, parseMember(key, value, place.member(key), inner)]))
}

function comparand(takes: ClaimKind): Parse {
  return (json, place) => {
    if (!isScalar(json))
      throw place.refusal('must be a string, a number, true, false or null; objects hold operators and lists stand in $in, $nin and $all')
    if (isRounded(json)) throw place.refusal('is an integer beyond 2^53, which JSON readers round; write it as a string')
    if (takes === 'ordered' && typeof json !== 'string' && typeof json !== 'number') throw place.refusal('must be a string or a number')
    return (typeof json === 'string' ? parseClaimReference(json, takes, place) : undefined) ?? new Literal(json)
  }
}

const scalar = comparand('scalar')
const ordered = comparand('ordered')

const list: Parse = (json, place, context) => {
  if (!Array.isArray(json)) throw place.refusal('must be a list of strings, numbers, true, false or null')
  return json.map((item, index) => scalar(item, place.item(index), context))
}

const listOrClaim: Parse = (json, place, context) =>
  (typeof json === 'string' ? parseClaimReference(json, 'list', place) : undefined) ?? list(json, place, context)

/** Refuses an empty list: CASL lets every list match it, MongoDB none. */
const filledList: Parse = (json, place, context) => {
  if (Array.isArray(json) && json.length === 0) throw place.refusal('must have at least one value')
  return list(json, place, context)
}

const size: Parse = (json, place) => {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 0) throw place.refusal('must be a whole number')
  return json
}

const exists: Parse = (json, place) => {
  if (typeof json !== 'boolean') throw place.refusal('must be true or false')
  return json
}

const elemMatch: Parse = (json, place, context) => {
  const onValues = isJsonObject(json) && Object.keys(json).some((key) => Object.hasOwn(operators, key))
  return onValues ? parseOperators(json, place, context) : parseQuery(json, place, { ...context, recordAt: context.prefix.length })
}

/** Where an operator may stand, what begins like one is a misspelt one. */
function isFieldName(key: string): boolean {
  return !key.startsWith('$') && fieldName.test(key)
}

/** Refuses a record in place of a value. CASL would look for an equal record; here the condition is written field by field. */
function fieldRefusal(path: string, json: unknown, place: Place): ConfigurationError {
  const [[inner, value] = ['', undefined], ...others] = isJsonObject(json) ? Object.entries(json) : []
  if (others.length === 0 && isFieldName(inner) && path.length < pathShownMax) return fieldRefusal(`${path}.${inner}`, value, place)
  const shown = shownJson(json)
  return place.refusal(
    `is not an operator that is known; of a field in a field write the whole path, as in ${JSON.stringify(path)}: ${shown}`,
  )
}

/** Nobody reads a longer path or value in a sentence. */
const pathShownMax = 200

function shownJson(json: unknown): string {
  const parts = isJsonObject(json) ? Object.values(json) : [json]
  const text = parts.length > 0 && parts.every(isScalar) ? JSON.stringify(json) : ''
  return text !== '' && text.length <= pathShownMax ? text.replace('":', '": ') : '...'
}

const compounds: ReadonlySet<string> = new Set(['$and', '$or', '$nor'])
const operators: Readonly<Record<string, Parse>> = {
  ...{ $eq: scalar, $ne: scalar, $gt: ordered, $gte: ordered, $lt: ordered, $lte: ordered },
  ...{ $in: listOrClaim, $nin: listOrClaim, $all: filledList, $size: size, $exists: exists, $elemMatch: elemMatch, $not: parseOperators },
}

/** All that conditions may say. */
export const conditionOperators: readonly string[] = [...Object.keys(operators), ...compounds]

function operatorRefusal(key: string, place: Place): ConfigurationError {
  if (key === '$regex')
    return place.refusal('is refused, as one pattern can stop the process; list the values in $in, or compare a field made for it')
  if (key === '$not') return place.refusal('stands on a field, as in {"total": {"$not": {"$gt": 5}}}; around whole conditions use $nor')
  if (compounds.has(key) || Object.hasOwn(operators, key)) return place.refusal('is an operator that cannot stand here')
  return place.refusal(`is not an operator that is known; there are ${conditionOperators.join(', ')}`)
}
