import { BadRecordError, type BadRecordReason } from '#errors.js'

/** The reason for which the call refuses a record, undefined where it does not; any other error is a bug and goes on. */
export function reasonOf(call: () => unknown): BadRecordReason | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    if (error instanceof BadRecordError) return error.reason
    throw error
  }
}
