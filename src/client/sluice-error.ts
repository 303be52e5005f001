import type { FailureCode } from './failure-codes.js'

/** What went wrong. A token function that throws one with `final` ends the client. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError'

  constructor(
    readonly code: FailureCode,
    message: string,
    /** Whether the same would happen again. */
    readonly final = false,
    readonly entityId?: string | undefined,
  ) {
    super(message)
  }
}

export function closedError(): SluiceError {
  return new SluiceError('closed', 'The client was closed.', true)
}
