/** A program of `src` that other projects import, and that is packed for them alone. */
export interface Library {
  readonly name: string
  readonly description: string
  /** The module that is its face: `dist/src/` before, `.js` after it. */
  readonly entry: string
  /** The room whose README goes with it. */
  readonly room: string
}

export const publisherLibrary: Library = {
  name: 'sluice-publisher',
  description: 'Publishes the changes of a service to Kafka, for Sluice to stream to clients.',
  entry: 'publisher/entity-publisher',
  room: 'publisher',
}

/** What is packed besides the gateway. The client library is to be the next. */
export const libraries: readonly Library[] = [publisherLibrary]
