import type { FailureCode } from './failure-codes.js'
import { textIn, type Incoming } from './incoming.js'
import { floorOf } from './retry-delay.js'
import { SluiceError } from './sluice-error.js'

export interface ServerError {
  readonly error: SluiceError
  /** How long to wait before the same may go well; 0 where waiting does not help. */
  readonly floorMs: number
}

/** Whether it says that nothing may be seen any more. So does one without a code, for all that is known. */
export function leavesNothing({ code }: SluiceError): boolean {
  return ['forbidden', 'entity_type_stopped', 'field_unknown', 'collection_too_large', 'refused'].includes(code)
}

/** What the `error` of a server says. One of the seed's protocol has no code. */
export function errorIn(message: Incoming): ServerError {
  const code = (textIn(message['code']) ?? 'refused') as FailureCode
  const floorMs = floorOf(message['retry_after_ms'])
  return { floorMs, error: new SluiceError(code, textIn(message['message']) ?? code, floorMs === 0, textIn(message['entity_id'])) }
}
