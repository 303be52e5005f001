/** An entity is not what its schema says. Nothing of it was sent. */
export class InvalidEntityError extends Error {
  override readonly name = 'InvalidEntityError'
  constructor(
    /** Where in the entity: `items[2].quantity`, `labels["a b"]`; empty for the entity itself. */
    readonly path: string,
    readonly expected: string,
    /** What stood there instead: the value, where it is short and under no `confluent:tags`, otherwise its kind. */
    readonly actual: string,
  ) {
    super(`${path === '' ? 'the entity' : path}: expected ${expected}, was ${actual}`)
  }
}

/** Found at a value, before anybody knows where it stands: what contains it adds its step on the way up. */
export function invalid(expected: string, value: unknown): InvalidEntityError {
  return new InvalidEntityError('', expected, described(value))
}

/** The same, seen from the container in which it stands behind `step` (`name`, `[2]` or `["key"]`). */
export function behind(step: string, error: unknown): unknown {
  if (!(error instanceof InvalidEntityError)) return error
  const { path, expected, actual } = error
  const dot = path === '' || path.startsWith('[') ? '' : '.'
  return new InvalidEntityError(step + dot + path, expected, actual)
}

/** Errors are logged: what stands under a tag such as PII must not get there with them. */
export function withoutValue(error: unknown): unknown {
  if (!(error instanceof InvalidEntityError)) return error
  return new InvalidEntityError(error.path, error.expected, error.actual.replace(/^the (\w+) .*$/s, 'a $1 that is not shown'))
}

const shownCharactersMax = 40

function described(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (typeof value === 'string') return `the string ${JSON.stringify(shortened(value))}`
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`
  if (typeof value === 'bigint') return `the bigint ${shortened(String(value))}`
  if (typeof value !== 'object') return `a ${typeof value}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : `the Date ${value.toISOString()}`
  if (value instanceof Uint8Array) return `a Buffer of ${value.length} bytes`
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object'
}

function shortened(text: string): string {
  return text.length <= shownCharactersMax ? text : `${text.slice(0, shownCharactersMax)}…`
}
