/** What an answer is about: an entity, or a collection as a whole. */
export type About = AboutEntity | { readonly subscription: string }

export interface AboutEntity {
  readonly entityId: string
  /** Undefined where it is about all types that have the id. */
  readonly entityType: string | undefined
  /** Whether the client then holds nothing of it any more: what is owed behind is told by a message of its own. */
  readonly isEnd: boolean
}
