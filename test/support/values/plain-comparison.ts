// How values of an event and literals of a condition compare, said plainly; and which kinds they are of.

/** In the plain form numbers and instants are symbols that say what they are; all else is itself, as literals are. What is missing equals null. */
export function compareForCasl(one: unknown, other: unknown): number {
  const [a, b] = [one ?? null, other ?? null]
  if (typeof a === 'symbol') return compareSymbol(a, b)
  if (typeof b === 'symbol') return -compareSymbol(b, a)
  if (typeof a !== typeof b) return NaN
  if (a === b) return 0
  if (typeof a !== 'string' && typeof a !== 'boolean') return NaN
  return a > (b as typeof a) ? 1 : -1
}

function compareSymbol(leaf: symbol, literal: unknown): number {
  const [kind, text = ''] = (leaf.description ?? '').split(':')
  if (kind === 'instant') return typeof literal === 'string' ? difference(BigInt(text), nanosecondsOf(literal)) : NaN
  return typeof literal === 'string' || typeof literal === 'number' ? difference(scaled(text), scaled(String(literal))) : NaN
}

function difference(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return NaN
  return a === b ? 0 : a < b ? -1 : 1
}

/** The number times 10^30. */
function scaled(text: string): bigint | undefined {
  if (text === '1e+21') return 10n ** 51n
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined) return undefined
  const value = BigInt(whole + fraction.padEnd(30, '0'))
  return sign === '-' ? -value : value
}

function nanosecondsOf(text: string): bigint | undefined {
  const [, day, rest = ''] = /^(\d{4}-\d\d-\d\d)(?:T(.*))?$/.exec(text) ?? []
  if (day === undefined || Number.isNaN(Date.parse(day))) return undefined
  const fraction = /\.(\d+)/.exec(rest)?.[1] ?? ''
  const time = rest === '' ? '00:00Z' : rest.replace(/\.\d+/, '')
  const ms = Date.parse(`${day}T${/(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`}`)
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

export type PlainKind = 'number' | 'instant' | 'boolean' | 'text'

/** The kinds of values that a literal can be compared with; null with all. */
export function kindsOfLiteral(literal: unknown): readonly PlainKind[] {
  if (typeof literal === 'number') return ['number']
  if (typeof literal === 'boolean') return ['boolean']
  if (typeof literal !== 'string') return ['number', 'instant', 'boolean', 'text']
  return [
    'text',
    ...(scaled(literal) === undefined ? [] : ['number' as const]),
    ...(nanosecondsOf(literal) === undefined ? [] : ['instant' as const]),
  ]
}
