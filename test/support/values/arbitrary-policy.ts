import fc from 'fast-check'

export interface RawRule {
  action: string
  subject: string | string[]
  fields: string[]
  conditions?: Record<string, unknown>
  inverted?: boolean
}
export interface RawPolicy {
  roles: Record<string, RawRule[]>
}
export interface User {
  readonly roles: readonly string[]
  readonly claims: Readonly<Record<string, unknown>>
}

type Scalar = null | boolean | number | string
/** The paths of a schema with the literals that occur there, and whether a list lies on them. */
export type Vocabulary = readonly (readonly [path: string, literals: readonly Scalar[], onList: boolean])[]

const roleNames = ['support', 'sales', '__proto__', 'audit'] as const

export function policyOf(vocabulary: Vocabulary): fc.Arbitrary<RawPolicy> {
  const rules = fc.array(rule(vocabulary), { minLength: 1, maxLength: 4 })
  const roles = fc.tuple(...roleNames.map((name) => fc.tuple(fc.constant(name), rules)))
  return roles.map((all) => ({ roles: Object.fromEntries(all) }))
}

function rule(vocabulary: Vocabulary): fc.Arbitrary<RawRule> {
  const some = fc.oneof({ weight: 2, arbitrary: condition(vocabulary, 0) }, { weight: 1, arbitrary: ownRows(vocabulary) })
  const conditions = fc.option(some, { nil: undefined, freq: 2 })
  const subject = fc.constantFrom('thing', ['other', 'thing'])
  const fields = fc.array(pattern(vocabulary), { minLength: 1, maxLength: 3 })
  return fc.tuple(subject, fields, conditions, fc.boolean()).map(([of, named, when, inverted]) => ({
    action: 'read',
    subject: of,
    fields: named,
    ...(when && { conditions: when }),
    ...(inverted && { inverted }),
  }))
}

function pattern(vocabulary: Vocabulary): fc.Arbitrary<string> {
  const path = fc.constantFrom(...vocabulary.map(([known]) => known))
  const starred = fc.tuple(path, fc.nat(3), fc.constantFrom('*', '**')).map(([known, at, star]) => {
    const steps = known.split('.')
    return steps.map((step, index) => (index === at % steps.length ? star : step)).join('.')
  })
  return fc.oneof(
    { weight: 5, arbitrary: path },
    { weight: 3, arbitrary: starred },
    { weight: 2, arbitrary: fc.constantFrom('**', '*', 'tag:PII', 'tag:COST', 'nope', '**.a', 'a.**', '*.*') },
  )
}

/** What most conditions with claims are: that the entity belongs to the user, in one way of writing it or another; and what looks like it. */
function ownRows(vocabulary: Vocabulary): fc.Arbitrary<Record<string, unknown>> {
  const claim = fc.constantFrom('${user.s}', { $eq: '${user.s}' }, { $in: '${user.l}' }, { $in: ['${user.s}', 'us', 10, null] })
  const own = fc.tuple(path(vocabulary), claim).map(([at, query]) => ({ [at]: query }))
  const notOwn = fc.constantFrom({ $ne: '${user.s}' }, { $nin: '${user.l}' }, { $not: { $eq: '${user.s}' } })
  const others = fc.tuple(path(vocabulary), notOwn).map(([at, query]) => ({ [at]: query }))
  const compound = fc.constantFrom('$and', '$or', '$nor')
  const both = fc.tuple(compound, own, condition(vocabulary, 1)).map(([operator, ...all]) => ({ [operator]: all }))
  return fc.oneof({ weight: 4, arbitrary: own }, { weight: 1, arbitrary: others }, { weight: 2, arbitrary: both })
}

/** Of texts more often than of all else, as claims are texts more often. */
function path(vocabulary: Vocabulary): fc.Arbitrary<string> {
  const entries = vocabulary.filter(([at]) => at !== '__proto__')
  const texts = entries.filter(([, [first]]) => typeof first === 'string')
  const of = (some: Vocabulary) => fc.constantFrom(...(some.length === 0 ? ['missing'] : some.map(([at]) => at)))
  return fc.oneof({ weight: 2, arbitrary: of(texts.length === 0 ? entries : texts) }, { weight: 1, arbitrary: of(entries) })
}

export function condition(vocabulary: Vocabulary, depth: number): fc.Arbitrary<Record<string, unknown>> {
  // A name of every object is refused at the start of a path, see condition-syntax.test.ts.
  const entries = vocabulary.filter(([path]) => path !== '__proto__')
  const missing = ['missing', ['eu'], false] as const
  const known = fc.constantFrom(...(entries.length === 0 ? [missing] : entries))
  const field = fc
    .oneof({ weight: 25, arbitrary: known }, { weight: 1, arbitrary: fc.constant(missing) })
    .chain(([path, literals, onList]) => test(literals, onList, depth).map((query) => ({ [path]: query })))
  const ofElements = fc
    .tuple(elements(entries), known)
    .chain(([[path, steps], [other, literals, onList]]) =>
      test(literals, onList, depth).map((query) => ({ [path]: { $elemMatch: { [steps[0] ?? lastStep(other)]: query } } })),
    )
  const single = fc.oneof({ weight: 12, arbitrary: field }, { weight: 1, arbitrary: ofElements })
  if (depth === 2) return single
  const inner = fc.array(condition(vocabulary, depth + 1), { minLength: 1, maxLength: 2 })
  const compound = fc.tuple(fc.constantFrom('$and', '$or', '$nor'), inner).map(([operator, queries]) => ({ [operator]: queries }))
  return fc.oneof({ weight: 5, arbitrary: single }, { weight: 2, arbitrary: compound })
}

/** A path, and another one's first step behind it where there is one: what records in a list may have. */
function elements(entries: Vocabulary): fc.Arbitrary<readonly [path: string, steps: readonly string[]]> {
  const paths = entries.filter(([, , onList]) => onList).map(([path]) => path)
  const within = paths.flatMap((path) =>
    entries.filter(([other]) => other.startsWith(`${path}.`)).map(([other]) => [path, other.slice(path.length + 1).split('.')] as const),
  )
  const usable = within.filter(([, [first]]) => first !== '__proto__')
  return usable.length === 0 ? fc.constant([entries[0]?.[0] ?? 'missing', []] as const) : fc.constantFrom(...usable)
}

function lastStep(path: string): string {
  const step = path.slice(path.lastIndexOf('.') + 1)
  return step === '__proto__' ? 'a' : step
}

function test(literals: readonly Scalar[], onList: boolean, depth: number): fc.Arbitrary<unknown> {
  const literal = fc.constantFrom(...literals)
  const orClaim = (one: fc.Arbitrary<Scalar>) => fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: fc.constant('${user.s}') })
  const comparable = literals.filter((one) => typeof one === 'string' || (typeof one === 'number' && typeof literals[0] !== 'boolean'))
  const ordered = fc.tuple(
    fc.constantFrom(...(comparable.length === 0 ? ['$eq', '$ne'] : ['$gt', '$gte', '$lt', '$lte'])),
    orClaim(comparable.length === 0 ? literal : fc.constantFrom(...comparable)),
  )
  const several = fc.array(orClaim(literal), { maxLength: 3 })
  const all = fc.tuple(fc.constant('$all'), fc.array(literal, { minLength: 1, maxLength: 2 }))
  const size = fc.tuple(fc.constant('$size'), fc.nat(3))
  const operators = fc.oneof<fc.Arbitrary<[string, unknown]>[]>(
    fc.tuple(fc.constantFrom('$eq', '$ne'), orClaim(literal)),
    ordered,
    fc.tuple(
      fc.constantFrom('$in', '$nin'),
      fc.oneof({ weight: 3, arbitrary: several }, { weight: 1, arbitrary: fc.constant('${user.l}') }),
    ),
    fc.tuple(fc.constant('$exists'), fc.boolean()),
    ...(onList ? [all, size] : [fc.oneof({ weight: 4, arbitrary: ordered }, all, size)]),
  )
  const query = operators.map(([operator, operand]) => ({ [operator]: operand }))
  const nested = fc
    .tuple(fc.constantFrom('$not', onList ? '$elemMatch' : '$not'), query)
    .map(([operator, operand]) => ({ [operator]: operand }))
  const direct = fc.oneof({ weight: 5, arbitrary: literal }, { weight: 1, arbitrary: fc.constantFrom('${user.s}', null) })
  return depth > 1 ? direct : fc.oneof({ weight: 3, arbitrary: direct }, { weight: 4, arbitrary: query }, { weight: 1, arbitrary: nested })
}

/** Users with some of the roles, in any order, and claims that hit, miss, are missing or are not what a claim may be. */
export function userOf(vocabulary: Vocabulary): fc.Arbitrary<User> {
  const literal = claimLiteral(vocabulary)
  const scalar = fc.oneof(
    { weight: 6, arbitrary: literal },
    { weight: 1, arbitrary: fc.constantFrom(null, { $ne: null }, ['eu'], 2 ** 60, 'x'.repeat(1025)) },
  )
  const long = fc.tuple(literal, fc.constantFrom(1000, 1001)).map(([one, length]) => new Array<Scalar>(length).fill(one))
  const few = fc.array(literal, { maxLength: 3 })
  const list = fc.oneof({ weight: 12, arbitrary: few }, { weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: long })
  const claims = fc.record({ s: scalar, l: list }, { requiredKeys: [] })
  const roles = fc.uniqueArray(fc.constantFrom(...roleNames, 'constructor', 'unknown'), { minLength: 1, maxLength: 3 })
  return fc.record({ roles, claims })
}

/** So many users whose rules differ by claims alone, mostly of one kind, that they are looked up rather than judged one by one. */
export function usersOfOneRole(vocabulary: Vocabulary): fc.Arbitrary<User[]> {
  const texts = vocabulary.filter(([, [first]]) => typeof first === 'string')
  const literal = fc.oneof(
    { weight: 1, arbitrary: claimLiteral(vocabulary) },
    { weight: 15, arbitrary: claimLiteral(texts).filter((claim) => typeof claim === 'string') },
    { weight: 15, arbitrary: fc.nat(99).map((n) => `user-${n}`) },
  )
  const claims = fc.record({ s: literal, l: fc.array(literal, { maxLength: 3 }) })
  return fc
    .tuple(fc.constantFrom(...roleNames), fc.array(claims, { minLength: 10, maxLength: 20 }))
    .map(([role, all]) => all.map((one) => ({ roles: [role], claims: one })))
}

function claimLiteral(vocabulary: Vocabulary): fc.Arbitrary<Scalar> {
  return fc.constantFrom('eu', ...vocabulary.flatMap(([, literals]) => literals))
}
