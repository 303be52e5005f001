import type { EntityData } from '#avro/entity-data.js'

/**
 * The event that is being judged. Its audiences are asked one after the other, so that only this event is held in memory, not one for each
 * extraction.
 */
export class CurrentEvent {
  private data: EntityData | null = null
  private number = 0

  /** A number that changes whenever the event does. */
  eventNumber(data: EntityData): number {
    if (data !== this.data) {
      this.data = data
      this.number++
    }
    return this.number
  }
}
