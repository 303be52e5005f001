import type { KnownState } from '#gateway/authorize/entity-state.js'

/** Of a gateway whose types have no tables. */
export const unknownState: KnownState = {
  isKnown: () => false,
  snapshots: { of: () => ({ update: undefined, cursor: 'none' }), owed: () => undefined },
  replays: { since: () => 'no_state', refusal: () => undefined },
  changedRights: { onLatest: () => undefined, sharing: (work) => work() },
}
