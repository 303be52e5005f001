/** Why an event was not published, and whether it may stand on the topic all the same. */
export const publishFailures = {
  not_connected: 'Kafka could not be reached when the publisher was created.',
  not_sent: 'Kafka could not be reached in time; the event was not sent.',
  refused: 'Kafka refused the event; it was not written.',
  too_large: 'The event is larger than a batch may be; it was not sent.',
  queue_full: 'Too much waits to be sent already; the event was not sent.',
  closed: 'The publisher is closed; the event was not sent.',
  outcome_unknown: 'Kafka has not acknowledged the event in time; it may be written once, or not at all.',
} as const
export type PublishFailure = keyof typeof publishFailures

export class PublishError extends Error {
  override readonly name = 'PublishError'
  constructor(
    readonly code: PublishFailure,
    detail?: string,
  ) {
    super(detail === undefined ? publishFailures[code] : `${publishFailures[code]} (${detail})`)
  }
}
