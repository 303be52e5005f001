const manyDigits = /\d{16}/

/** Whether a frame may hold a number with more digits than JavaScript's have; most do not, and cost no more than this. */
export function mayLoseDigits(text: string): boolean {
  return manyDigits.test(text)
}

/** The path to a number that was read as another one than the text has. One with the same digits in it is exact, as doubles of any size are. */
export function lostDigitsPath(value: unknown, text: string, path = ''): string | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) && !text.includes(String(value)) ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const lost = lostDigitsPath(inner, text, Array.isArray(value) ? path : path === '' ? name : `${path}.${name}`)
    if (lost !== undefined) return lost
  }
  return undefined
}
