/** A long or a decimal that a double may not hold exactly: `unscaled` / 10^`scale`. */
export class Exact {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}
}

/** The decimal of an unscaled number. A scale below zero becomes zeros. */
export function decimalOf(unscaled: bigint, scale: number): Exact {
  return scale < 0 ? new Exact(unscaled * 10n ** BigInt(-scale), 0) : new Exact(unscaled, scale)
}

/** The limit of digits is a claim's limit of characters; without one, a policy's text of a megabyte would be parsed in quadratic time. */
const decimalText = /^-?\d{1,1024}(?:\.\d{1,1024})?$/

export function writesDecimal(text: string): boolean {
  return decimalText.test(text)
}

/** The number that a text such as `-10.00` writes; undefined where it writes none. Exponents are not understood. */
export function parseDecimal(text: string): Exact | undefined {
  if (!writesDecimal(text)) return undefined
  const point = text.indexOf('.')
  if (point === -1) return new Exact(BigInt(text), 0)
  return new Exact(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1)
}

/** The shortest decimal that is read back as the double: 0.1 is 1/10. Undefined for NaN and infinities. */
export function decimalOfNumber(number: number): Exact | undefined {
  if (Number.isSafeInteger(number)) return new Exact(BigInt(number), 0)
  if (!Number.isFinite(number)) return undefined
  const [mantissa, exponent = '0'] = String(number).split('e')
  const { unscaled, scale } = parseDecimal(mantissa!)!
  const shifted = scale - Number(exponent)
  return shifted >= 0 ? new Exact(unscaled, shifted) : new Exact(unscaled * 10n ** BigInt(-shifted), 0)
}

/** Compares by value, so that 10.0 and 10.00 are equal: negative, 0 or positive. */
export function compareDecimals(a: Exact, b: Exact): number {
  if (a.scale === b.scale) return order(a.unscaled, b.unscaled)
  if (a.scale < b.scale) return order(a.unscaled * 10n ** BigInt(b.scale - a.scale), b.unscaled)
  return order(a.unscaled, b.unscaled * 10n ** BigInt(a.scale - b.scale))
}

/** The unscaled part of the greatest decimal of some scale that is not above the number, and whether the two are equal. */
export interface Scaled {
  readonly floor: bigint
  readonly isExact: boolean
}

export function scaledTo({ unscaled, scale }: Exact, target: number): Scaled {
  if (target >= scale) return { floor: unscaled * 10n ** BigInt(target - scale), isExact: true }
  const divisor = 10n ** BigInt(scale - target)
  const rest = unscaled % divisor
  // Division of bigints rounds towards zero.
  return { floor: unscaled / divisor - (rest < 0n ? 1n : 0n), isExact: rest === 0n }
}

/** The same text for equal decimals and for no others: 10.0 and 10.00 are `1e1`. */
export function decimalKey({ unscaled, scale }: Exact): string {
  if (unscaled === 0n) return '0e0'
  const text = unscaled.toString()
  // Written as a loop: a pattern such as `0+$` takes time by the square of the zeros before another digit.
  let end = text.length
  while (text[end - 1] === '0') end--
  return `${text.slice(0, end)}e${text.length - end - scale}`
}

/** The fewest bytes that hold the number and its sign. */
export function bytesFor(unscaled: bigint): number {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled
  return Math.floor(magnitude.toString(2).length / 8) + 1
}

/** The number as Avro has a decimal, big endian. @param size a number of bytes that holds it. */
export function twosComplement(unscaled: bigint, size: number): Buffer {
  return Buffer.from(
    BigInt.asUintN(8 * size, unscaled)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  )
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
