import type { Operation } from '#entities.js'
import { toldOperation } from '#policy/told-operation.js'
import type { EventExplanation } from './policy-reading.js'

/** What a client is told of a change. */
export type Telling = Operation | 'nothing'

/** What one user is shown of an entity before a change and after it. */
export interface Change {
  /** Undefined where the entity was not there, or nobody knows. */
  readonly before: EventExplanation | undefined
  /** Undefined where the change deletes the entity. */
  readonly after: EventExplanation | undefined
}

/** As the gateway decides it for a type whose latest versions it knows. */
export function tellingOf({ before, after }: Change): Telling {
  const seen = before === undefined ? 'none' : before.sent === undefined ? 'nothing' : 'something'
  return toldOperation(after === undefined ? 'delete' : 'update', seen, after?.sent !== undefined) ?? 'nothing'
}
