/** An entity is not what its schema says. Nothing of it was sent. */
export class InvalidEntityError extends Error {
  override readonly name = 'InvalidEntityError'
  constructor(
    /** Where in the entity: `items[2].quantity`, `labels["a b"]`; empty for the entity itself. */
    readonly path: string,
    readonly expected: string,
    /** What stood there instead: the value where it is short and under no `confluent:tags`, otherwise its kind. */
    readonly actual: string,
  ) {
    super(`${path === '' ? 'the entity' : path}: expected ${expected}, was ${actual}`)
  }
}

/**
 * The same error, as the container reports it in which the value stands behind `step` (`name`, `[2]` or `["key"]`). Each container on the
 * way up adds its step.
 */
export function behind(step: string, error: unknown): unknown {
  if (!(error instanceof InvalidEntityError)) return error
  const { path, expected, actual } = error
  const dot = path === '' || path.startsWith('[') ? '' : '.'
  return new InvalidEntityError(step + dot + path, expected, actual)
}

/** The error without its value. Errors are logged, and values under a tag such as PII must not get into the log. */
export function withoutValue(error: unknown): unknown {
  if (!(error instanceof InvalidEntityError)) return error
  const actual = error.actual.replace(
    /^the (\w+) .*$/s,
    (_, kind: string) => `${kind === 'exception' ? 'an' : 'a'} ${kind} that is not shown`,
  )
  return new InvalidEntityError(error.path, error.expected, actual)
}
