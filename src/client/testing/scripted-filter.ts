import { isJsonObject } from '#text/json-object.js'

type Test = (values: readonly unknown[], operand: unknown) => boolean

const isAny = (values: readonly unknown[], is: (value: unknown) => boolean): boolean => values.some(is)
const equals: Test = (values, operand) => isAny(values, (value) => JSON.stringify(value ?? null) === JSON.stringify(operand))
const isOneOf: Test = (values, operand) => (operand as unknown[]).some((item) => equals(values, item))

function compares(is: (value: number | string, operand: number | string) => boolean): Test {
  return (values, operand) => isAny(values, (value) => typeof value === typeof operand && is(value as number, operand as number))
}

const operators: Readonly<Record<string, Test>> = {
  $eq: equals,
  $ne: (values, operand) => !equals(values, operand),
  $in: isOneOf,
  $nin: (values, operand) => !isOneOf(values, operand),
  $lt: compares((value, operand) => value < operand),
  $lte: compares((value, operand) => value <= operand),
  $gt: compares((value, operand) => value > operand),
  $gte: compares((value, operand) => value >= operand),
  $exists: (values, operand) => isAny(values, (value) => value !== undefined) === operand,
  $not: (values, operand) => !meets(values, operand),
}

const combinations: Readonly<Record<string, (data: unknown, parts: readonly object[]) => boolean>> = {
  $and: (data, parts) => parts.every((part) => passes(part, data)),
  $or: (data, parts) => parts.some((part) => passes(part, data)),
  $nor: (data, parts) => !parts.some((part) => passes(part, data)),
}

/** Whether data passes the filter of a collection. @throws where there is an operator that the script does not know */
export function passes(where: object, data: unknown): boolean {
  return Object.entries(where).every(([name, condition]) => {
    const combine = combinations[name]
    if (combine !== undefined) return combine(data, condition as object[])
    if (name.startsWith('$')) throw new Error(`The script does not know the operator ${name}.`)
    return meets(valuesAt(data, name.split('.')), condition)
  })
}

function meets(values: readonly unknown[], condition: unknown): boolean {
  if (!isJsonObject(condition)) return equals(values, condition)
  return Object.entries(condition).every(([name, operand]) => {
    const test = operators[name]
    if (test === undefined) throw new Error(`The script does not know the operator ${name}.`)
    return test(values, operand)
  })
}

/** One for each item of the lists on the way. What is not there is one value, which is undefined. */
function valuesAt(data: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(data)) return data.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...rest]))
  if (name === undefined) return [data]
  return valuesAt(isJsonObject(data) ? data[name] : undefined, rest)
}

/** What these paths and patterns name of the data. */
export function chosen(data: unknown, fields: readonly string[] | undefined): object {
  if (fields === undefined) return data as object
  return (
    (chosenBy(
      data,
      fields.map((field) => field.split('.')),
    ) as object | undefined) ?? {}
  )
}

function chosenBy(data: unknown, patterns: readonly (readonly string[])[]): unknown {
  if (patterns.some(([first]) => first === undefined || first === '**')) return data
  if (Array.isArray(data)) return data.map((item) => chosenBy(item, patterns) ?? {})
  if (!isJsonObject(data)) return undefined
  const members = Object.entries(data).map(([name, value]) => {
    const below = patterns.filter(([first]) => first === name || first === '*').map(([, ...rest]) => rest)
    return [name, below.length === 0 ? undefined : chosenBy(value, below)] as const
  })
  const named = members.filter(([, value]) => value !== undefined)
  return named.length === 0 ? undefined : Object.fromEntries(named)
}
