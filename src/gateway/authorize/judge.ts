import type { ChangeEvent } from '../decode/change-event.js'
import type { EntitySchema } from '#avro/entity-schema.js'
import { BadRecordError } from '#errors.js'
import type { NoteFault } from '../observe/judging-faults.js'
import type { Audience, Mask } from '#policy/rights.js'

/**
 * Asks audiences what they may see. A record that cannot be read is bad for all of them; any other error concerns only the audience that
 * throws it.
 */
export class Judge {
  constructor(private readonly noteFault: NoteFault) {}

  /** Undefined where the event shows nothing; `unknown` where that cannot be decided. @throws BadRecordError */
  maskFor(audience: Audience, event: ChangeEvent): Mask | undefined | 'unknown' {
    try {
      return audience.maskOf(event)
    } catch (error) {
      if (error instanceof BadRecordError) throw error
      this.noteFault('mask', event.entityType, error)
      return 'unknown'
    }
  }

  /** Whether some leaf of one of the schemas is always visible, whatever the data. */
  alwaysShowsSome(schemas: readonly EntitySchema[], audience: Audience): boolean {
    try {
      return schemas.some((schema) => audience.canAlwaysReadSomeOf(schema))
    } catch (error) {
      this.noteFault('mask', audience.entityType, error)
      return false
    }
  }
}
