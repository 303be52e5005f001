import type { EntityDefinition } from '#entities.js'
import { BadRecordError } from '#errors.js'

/** What is compiled once for each entity. A failure is remembered too, so that a topic full of such records does not compile it for each of them. */
export class Remembered<T> {
  private readonly known = new Map<EntityDefinition, T | BadRecordError>()

  /** @throws BadRecordError the same that it was first. */
  of(entity: EntityDefinition, compile: () => T): T {
    let result = this.known.get(entity)
    if (result === undefined) this.known.set(entity, (result = attempt(compile)))
    if (result instanceof BadRecordError) throw result
    return result
  }

  forget(isMeant: (entity: EntityDefinition) => boolean): void {
    for (const entity of this.known.keys()) if (isMeant(entity)) this.known.delete(entity)
  }
}

function attempt<T>(compile: () => T): T | BadRecordError {
  try {
    return compile()
  } catch (error) {
    if (error instanceof BadRecordError) return error
    throw error
  }
}
