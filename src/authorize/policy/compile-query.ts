import {
  ITSELF,
  MongoQueryParser,
  allInterpreters,
  allParsingInstructions,
  createInterpreter,
  type Condition,
  type FieldCondition,
} from '@ucast/mongo2js'
import type { ComparisonValue } from '../../decode/entity-schema.js'
import type { BoundQuery } from './condition.js'
import { compareWithLiteral, type Literal } from './literal.js'
import { isArray, isObject, memberOf, valueAt } from './value-at-path.js'

// The only file that imports ucast, CASL's parser and interpreter of conditions. What CASL 7 puts together of them ignores operators that
// it does not know, $and, $or, $nor and $not among them; here all that are listed below are there, and policy files are checked for others.

/** Whether an event's values (`EntitySchema.extractionOf`) meet the condition. */
export type ConditionTest = (values: Readonly<Record<string, ComparisonValue>>) => boolean

export function compileQuery(query: BoundQuery): ConditionTest {
  const condition = parser.parse(query as object)
  return (values) => interpret(condition, values)
}

const { $eq, $ne, $in, $nin, $all, $size, $elemMatch, $exists, $and, $or, $nor, $not } = allParsingInstructions
/** ucast checks that operands are strings or numbers; ours are `Literal`s, checked before. */
const ordering = { type: 'field' }
const parser = new MongoQueryParser({
  ...{ $eq, $ne, $in, $nin, $all, $size, $elemMatch, $exists, $and, $or, $nor, $not },
  ...{ $gt: ordering, $gte: ordering, $lt: ordering, $lte: ordering },
})

type Interpreter<T> = (node: FieldCondition<T>, object: unknown) => boolean

/*
 * Some of ucast's interpreters are written anew, with the same outcome for plain JSON: `eq` and `exists` took `Exact` and `Instant` for
 * records, and `in` handed the literal to the comparison first, which then could not tell it from the event's value.
 */
const eq: Interpreter<Literal> = (node, object) => {
  if (node.value.value === null) return isNull(node.field, object)
  const value: unknown = get(object, node.field)
  return isArray(value) ? value.some((item) => compareWithLiteral(item, node.value) === 0) : compareWithLiteral(value, node.value) === 0
}

/** Null, or missing in a record that is there itself: where the record is null, nothing can be said of its fields. */
function isNull(path: string, object: unknown): boolean {
  const [parent, name] = parentOf(path, object)
  const test = (record: unknown) => {
    if (!isObject(record)) return false
    const value = memberOf(record, name)
    return value === undefined || value === null || (isArray(value) && value.includes(null))
  }
  return isArray(parent) ? parent.some(test) : test(parent)
}

const exists: Interpreter<boolean> = (node, object) => {
  if (node.field === ITSELF) return true
  const [parent, name] = parentOf(node.field, object)
  const test = (record: unknown) => (memberOf(record, name) !== undefined) === node.value
  return isArray(parent) ? parent.some(test) : test(parent)
}

const within: Interpreter<readonly Literal[]> = (node, object) => {
  const value: unknown = get(object, node.field)
  const isAmong = (item: unknown) => node.value.some((literal) => compareWithLiteral(item, literal) === 0)
  return isArray(value) ? value.some(isAmong) : isAmong(value)
}

/** ucast's own `get` throws where a record is null. */
function get(object: unknown, path: string): unknown {
  return path === ITSELF ? object : valueAt(object, path)
}

function parentOf(path: string, object: unknown): readonly [parent: unknown, name: string] {
  const dot = path.lastIndexOf('.')
  return dot === -1 ? [object, path] : [get(object, path.slice(0, dot)), path.slice(dot + 1)]
}

const { and, or, nor, not, gt, gte, lt, lte, all, size, elemMatch } = allInterpreters
const interpreters = {
  ...{ and, or, nor, not, gt, gte, lt, lte, all, size, elemMatch },
  eq,
  ne: ((node, object) => !eq(node, object)) satisfies Interpreter<Literal>,
  exists,
  in: within,
  nin: ((node, object) => !within(node, object)) satisfies Interpreter<readonly Literal[]>,
}

type AnyInterpreter = (condition: Condition, object: unknown, context: object) => boolean
const interpret = createInterpreter(interpreters as unknown as Record<string, AnyInterpreter>, {
  get,
  compare: compareWithLiteral,
  isArray: Array.isArray,
})
