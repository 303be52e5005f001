import { isPlaceholder, type ModelType, type ModelValue, type RecordType } from './entity-model.js'
import { kindsOfLiteral, type PlainKind } from './plain-comparison.js'

// What cannot be decided, said as plainly as possible, from the schema and the event alone. Claims are filled in before.

/** So many values at a path are compared. */
const valuesMax = 10_000

/** One comparison of a condition. */
interface Ask {
  readonly path: string
  readonly operator: string
  readonly literals: readonly unknown[]
  /** How often it is asked of an element itself. */
  readonly inElements: number
}

export function isUndecided(conditions: object, type: RecordType, value: ModelValue, unavailable: string | undefined): boolean {
  return asksIn(conditions, '').some((ask) => {
    const steps = ask.path.split('.')
    const ends = endsOf([{ type, throughList: false }], steps)
    if (ends.length === 0 || !meetsList(ask, ends)) return true
    const kinds = ask.inElements > 1 ? [] : ends.flatMap((end) => kindsIn(end.type, 1))
    const fits = (literal: unknown) => literal === null || kindsOfLiteral(literal).some((kind) => kinds.includes(kind))
    if (!ask.literals.every(fits)) return true
    return countAt(value, type, steps) > valuesMax || holdsUnknown(value, type, steps, unavailable)
  })
}

function asksIn(json: object, prefix: string): Ask[] {
  return Object.entries(json).flatMap(([name, part]: [string, unknown]) => {
    if (['$and', '$or', '$nor'].includes(name)) return (part as object[]).flatMap((one) => asksIn(one, prefix))
    return asksAt(prefix + name, part, 0)
  })
}

function asksAt(path: string, part: unknown, inElements: number): Ask[] {
  if (typeof part !== 'object' || part === null) return [{ path, operator: '$eq', literals: [part], inElements }]
  return Object.entries(part).flatMap(([operator, operand]: [string, unknown]): Ask[] => {
    if (operator === '$not') return asksAt(path, operand, inElements)
    if (operator === '$elemMatch') {
      const ofValue = Object.keys(operand as object).some((key) => key.startsWith('$') && !['$and', '$or', '$nor'].includes(key))
      const inner = ofValue ? asksAt(path, operand, inElements + 1) : asksIn(operand as object, `${path}.`)
      return [{ path, operator, literals: [], inElements }, ...inner]
    }
    const literals = operator === '$exists' || operator === '$size' ? [] : [operand].flat()
    return [{ path, operator, literals, inElements }]
  })
}

interface End {
  readonly type: ModelType
  readonly throughList: boolean
}

/** Through unions, and through one array or map a step. */
function endsOf(from: readonly End[], [first, ...rest]: readonly string[]): readonly End[] {
  if (first === undefined) return from
  const fields = from
    .flatMap(({ type, throughList }) => recordsIn(type, throughList, 1))
    .flatMap(({ record, throughList }) =>
      record.fields.flatMap((field) => (field.name === first ? [{ type: field.type, throughList }] : [])),
    )
  return endsOf(fields, rest)
}

function recordsIn(type: ModelType, throughList: boolean, lists: number): { record: RecordType; throughList: boolean }[] {
  if (type.kind === 'record') return [{ record: type, throughList }]
  if (type.kind === 'union') return type.branches.flatMap((branch) => recordsIn(branch, throughList, lists))
  const items = itemsOf(type)
  return items === undefined || lists === 0 ? [] : recordsIn(items, true, lists - 1)
}

function itemsOf(type: ModelType): ModelType | undefined {
  if (type.kind === 'array') return type.items
  return type.kind === 'map' ? type.values : undefined
}

function kindsIn(type: ModelType, lists: number): PlainKind[] {
  if (type.kind === 'scalar') return [type.compares]
  if (type.kind === 'union') return type.branches.flatMap((branch) => kindsIn(branch, lists))
  const items = itemsOf(type)
  return items === undefined || lists === 0 ? [] : kindsIn(items, lists - 1)
}

function listsIn(type: ModelType): ModelType[] {
  if (type.kind === 'union') return type.branches.flatMap(listsIn)
  return itemsOf(type) === undefined ? [] : [type]
}

function meetsList({ operator, inElements }: Ask, ends: readonly End[]): boolean {
  if (!['$size', '$all', '$elemMatch'].includes(operator)) return true
  const lists = ends.flatMap(({ type }) => listsIn(type))
  if (inElements > 0) return inElements === 1 && lists.some((list) => listsIn(itemsOf(list)!).length > 0)
  return lists.length > 0 || (operator !== '$size' && ends.some(({ throughList }) => throughList))
}

/** The values that stand at a path: of an array or a map at its end what lies in it, and in those directly within it. */
function valuesAt(value: ModelValue, type: ModelType, steps: readonly string[]): { value: ModelValue; type: ModelType }[] {
  if (value.kind === 'union' && type.kind === 'union') return valuesAt(value.value, type.branches[value.branch]!, steps)
  const items = itemsOf(type)
  const all = value.kind === 'array' ? value.items : value.kind === 'map' ? value.entries.map(([, item]) => item) : undefined
  const [first, ...rest] = steps
  if (first === undefined && all !== undefined)
    return all.flatMap((item) => [{ value: item, type: items! }, ...(isList(item) ? valuesAt(item, items!, []) : [])])
  if (first === undefined) return [{ value, type }]
  if (all !== undefined) return all.flatMap((item) => valuesAt(item, items!, steps))
  if (value.kind !== 'record' || type.kind !== 'record') return []
  return type.fields.flatMap((field, index) => (field.name === first ? valuesAt(value.fields[index]!, field.type, rest) : []))
}

function isList(value: ModelValue): boolean {
  if (value.kind === 'union') return isList(value.value)
  return value.kind === 'array' || value.kind === 'map'
}

function countAt(value: ModelValue, type: ModelType, steps: readonly string[]): number {
  return valuesAt(value, type, steps).length
}

/** At the path, or on the way to it: what would lie in a value that is not known is not known either. */
function holdsUnknown(value: ModelValue, type: ModelType, steps: readonly string[], unavailable: string | undefined): boolean {
  const places = steps.map((_step, index) => valuesAt(value, type, steps.slice(0, index + 1)))
  return places.flat().some((one) => isUnknown(one.value, unavailable))
}

/** It, or a list in which it is. */
function isUnknown(value: ModelValue, unavailable: string | undefined): boolean {
  if (value.kind === 'union') return isUnknown(value.value, unavailable)
  if (value.kind === 'array') return value.items.some((item) => isUnknown(item, unavailable))
  if (value.kind === 'map') return value.entries.some(([, item]) => isUnknown(item, unavailable))
  if (value.kind !== 'scalar') return false
  return value.sample.isUndecidable === true || (unavailable !== undefined && isPlaceholder(value.sample, unavailable))
}
