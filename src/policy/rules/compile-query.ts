import type { BoundQuery } from './condition.js'
import { JudgedValue, ValueList, ValuePath } from './judged-value.js'
import { compareWithLiteral, Literal } from './literal.js'
import { LiteralSet } from './literal-set.js'
import { isArray } from './value-at-path.js'

// Compiles conditions to closures. They come out as in CASL's own interpreter, which `test/support/values/casl-oracle.ts` holds them to.
// CASL compares each value with each literal, where long lists are looked up here. It can say nothing of what lies behind null, which
// counts as missing here.

/** Whether an event meets a condition, or an element of a list meets a part of one. */
export type ConditionTest = (judged: JudgedValue) => boolean

export function compileQuery(query: BoundQuery): ConditionTest {
  return every(membersOf(query).map(([name, part]) => compounds.get(name)?.(part) ?? fieldTest(new ValuePath(name), part)))
}

/** Operators on whole conditions. No field's name begins with a dollar sign. */
const compounds = new Map<string, (part: BoundQuery) => ConditionTest>([
  ['$and', (part) => every(queriesOf(part))],
  ['$or', (part) => some(queriesOf(part))],
  ['$nor', (part) => not(some(queriesOf(part)))],
])

function queriesOf(part: BoundQuery): ConditionTest[] {
  return (part as readonly BoundQuery[]).map(compileQuery)
}

function fieldTest(path: ValuePath, part: BoundQuery): ConditionTest {
  if (part instanceof Literal) return operators.$eq(path, part)
  return every(membersOf(part).map(([name, operand]) => operators[name as keyof typeof operators](path, operand)))
}

const itself = new ValuePath('')

const operators = {
  $eq: (path: ValuePath, operand: BoundQuery) => equals(path, operand as Literal),
  $ne: (path: ValuePath, operand: BoundQuery) => not(equals(path, operand as Literal)),
  $gt: (path: ValuePath, operand: BoundQuery) => compares(path, operand as Literal, (order) => order > 0),
  $gte: (path: ValuePath, operand: BoundQuery) => compares(path, operand as Literal, (order) => order >= 0),
  $lt: (path: ValuePath, operand: BoundQuery) => compares(path, operand as Literal, (order) => order < 0),
  $lte: (path: ValuePath, operand: BoundQuery) => compares(path, operand as Literal, (order) => order <= 0),
  $in: (path: ValuePath, operand: BoundQuery) => isAmong(path, operand as readonly Literal[]),
  $nin: (path: ValuePath, operand: BoundQuery) => not(isAmong(path, operand as readonly Literal[])),
  $all: (path: ValuePath, operand: BoundQuery) => hasAll(path, operand as readonly Literal[]),
  $size: (path: ValuePath, operand: BoundQuery) => hasSize(path, operand as number),
  $exists: (path: ValuePath, operand: BoundQuery) => exists(path, operand as boolean),
  $elemMatch: (path: ValuePath, operand: BoundQuery) => hasElement(path, elementTest(operand)),
  $not: (path: ValuePath, operand: BoundQuery) => not(fieldTest(path, operand)),
}

/** A missing value equals null. */
function equals(path: ValuePath, literal: Literal): ConditionTest {
  return (judged) => {
    const value = judged.at(path)
    return value instanceof ValueList ? value.has(literal) : compareWithLiteral(value ?? null, literal) === 0
  }
}

function compares(path: ValuePath, literal: Literal, holds: (order: number) => boolean): ConditionTest {
  return (judged) => {
    const value = judged.at(path)
    if (!(value instanceof ValueList)) return holds(compareWithLiteral(value, literal))
    return value.values.some((one) => holds(compareWithLiteral(one, literal)))
  }
}

/** Goes through the shorter of the two lists and looks each item up in the other. */
function isAmong(path: ValuePath, literals: readonly Literal[]): ConditionTest {
  const set = new LiteralSet(literals)
  return (judged) => {
    const value = judged.at(path)
    if (!(value instanceof ValueList)) return set.has(value)
    if (literals.length < value.values.length) return literals.some((literal) => value.has(literal))
    return value.values.some((one) => set.has(one)) || (value.lacksSome && set.has(null))
  }
}

function hasAll(path: ValuePath, literals: readonly Literal[]): ConditionTest {
  return (judged) => {
    const value = judged.at(path)
    return value instanceof ValueList && literals.every((literal) => value.has(literal))
  }
}

function hasSize(path: ValuePath, size: number): ConditionTest {
  return (judged) => {
    const value = judged.at(path)
    return value instanceof ValueList && value.members.some((member) => isArray(member) && member.length === size)
  }
}

/** CASL answers yes either way where an element itself is asked. */
function exists(path: ValuePath, isThere: boolean): ConditionTest {
  if (path.steps.length === 0) return () => true
  return (judged) => {
    const value = judged.at(path)
    if (!(value instanceof ValueList)) return (value !== undefined) === isThere
    return isThere ? value.members.length > 0 : value.lacksSome
  }
}

function hasElement(path: ValuePath, test: ConditionTest): ConditionTest {
  return (judged) => {
    const value = judged.at(path)
    return value instanceof ValueList && value.values.some((element) => test(new JudgedValue(element)))
  }
}

/** Compares the element itself or its fields, as the part says. */
function elementTest(part: BoundQuery): ConditionTest {
  return membersOf(part).some(([name]) => Object.hasOwn(operators, name)) ? fieldTest(itself, part) : compileQuery(part)
}

function every(tests: readonly ConditionTest[]): ConditionTest {
  return tests.length === 1 ? tests[0]! : (judged) => tests.every((test) => test(judged))
}

function some(tests: readonly ConditionTest[]): ConditionTest {
  return (judged) => tests.some((test) => test(judged))
}

function not(test: ConditionTest): ConditionTest {
  return (judged) => !test(judged)
}

function membersOf(query: BoundQuery): [string, BoundQuery][] {
  return Object.entries(query as Readonly<Record<string, BoundQuery>>)
}
