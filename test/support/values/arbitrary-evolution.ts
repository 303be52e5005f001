import fc from 'fast-check'
import type { EntityFile } from '#schema/files/schema-folder.js'
import { orderFile } from '../schemas/entity-file.js'

type Json = string | Json[] | { readonly [attribute: string]: unknown }

/** Few names, so that the types before and after a change meet. */
const scalar = fc.constantFrom<Json>('null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes')
const symbols = fc.subarray(['A', 'B', 'C'], { minLength: 1 })
const kind = symbols.chain((all) =>
  fc.option(fc.constantFrom(...all), { nil: undefined }).map((fallback): Json => {
    return { type: 'enum', name: 'Kind', symbols: all, ...(fallback !== undefined && { default: fallback }) }
  }),
)
const code = fc.constantFrom<Json>(...[2, 3].map((size) => ({ type: 'fixed', name: 'Code', size })))
const names = fc.constantFrom('w', 'x', 'y', 'z')
/** A field has one of these two names, and may have the other one for an alias. Which field an alias means where several could be meant the resolver alone says. */
const others: Readonly<Record<string, string>> = { y: 'z', z: 'y' }

function recordOf(types: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const field = fc.tuple(names, types, fc.boolean(), fc.boolean()).map(([name, type, hasDefault, hasAlias]) => {
    const aliases = hasAlias && others[name] !== undefined ? { aliases: [others[name]] } : {}
    return { name, type, ...aliases, ...(hasDefault && type === 'int' && { default: 0 }) }
  })
  const selector = ({ name }: { name: string }) => (name === 'z' ? 'y' : name)
  const called = fc.constantFrom<object>({ name: 'Part' }, { name: 'Part' }, { name: 'Piece' }, { name: 'Piece', aliases: ['Part'] })
  return fc.tuple(called, fc.uniqueArray(field, { selector, maxLength: 3 })).map(([head, fields]) => ({ type: 'record', ...head, fields }))
}

/** A union holds no union, and each kind once; of two records one alone, as their names may be the same. */
function unionOf(branches: readonly Json[]): Json {
  const kindOf = (one: Json) => (typeof one === 'string' ? one : String((one as { type?: unknown }).type))
  return [...new Map(branches.map((one) => [kindOf(one), one])).values()]
}

const flat = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 2, arbitrary: kind }, { weight: 1, arbitrary: code })
const held = fc.oneof(
  { weight: 3, arbitrary: flat },
  { weight: 2, arbitrary: recordOf(scalar) },
  { weight: 1, arbitrary: scalar.map((items): Json => ({ type: 'array', items })) },
  { weight: 1, arbitrary: scalar.map((values): Json => ({ type: 'map', values })) },
)
const type = fc.oneof(
  { weight: 3, arbitrary: held },
  { weight: 3, arbitrary: fc.array(held, { minLength: 1, maxLength: 3 }).map(unionOf) },
  { weight: 1, arbitrary: held.map((items): Json => ({ type: 'array', items })) },
)

const numbers = fc.constantFrom<Json>('int', 'long', 'double')

const pairOf = (types: fc.Arbitrary<Json>) => {
  const order = types.map((of) => orderFile([{ name: 'field', type: of }]))
  return fc.tuple(order, order)
}

/** An order before and after any change of the type of its field; what is alike often enough that readers go on. */
export const evolutions: fc.Arbitrary<readonly [before: EntityFile, after: EntityFile]> = fc.oneof(
  { weight: 3, arbitrary: pairOf(type) },
  { weight: 1, arbitrary: pairOf(kind) },
  { weight: 2, arbitrary: pairOf(recordOf(fc.constantFrom<Json>('int', 'int', 'long'))) },
  { weight: 1, arbitrary: pairOf(fc.array(numbers, { minLength: 1, maxLength: 2 }).map((all) => unionOf(['null', ...all]))) },
)
