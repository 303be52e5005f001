import type { PageChange } from '../../authorize/changed-rights.js'
import type { Client } from './client.js'
import { typesAskedFor } from './subscription-gate.js'
import type { Subscription } from './subscription.js'

/**
 * Tells what the rights of now change on the page, each entity once, in a step of its own. First everybody is to lose what they may not see
 * any more: `taking` leaves entities for later of which something is only gained. Steps are taken while pages share what they are told.
 */
export function* tellingPageChanges(client: Client, which: 'taking' | 'all'): Generator {
  for (const listed of client.subscriptions.listed()) {
    const changes = [...changesOf(listed, client)]
    if (which === 'all' || changes.every(({ change }) => change.takesAway)) tell(listed, changes)
    yield
  }
}

/** Tells what they change on the page of one entity. From then on it stands by the rights of now. */
export function tellEntityChanges(entityId: string, client: Client): void {
  const listed = client.subscriptions.listedOf(entityId)
  client.state.changedRights.sharing(() => tell(listed, changesOf(listed, client)))
}

/** Tells what there is of a type that was found, an entity in each step: it belongs to the pages of subscriptions without a type. */
export function* tellingFilled(entityType: string, { rights, state, subscriptions }: Client): Generator {
  if (!state.isKnown(entityType)) return
  for (const listed of subscriptions.listed()) {
    for (const subscription of listed) {
      const { entityId } = subscription
      if (subscription.entityType !== undefined || subscriptions.isThere(entityId, entityType)) continue
      const change = state.changedRights.onLatest(entityType, entityId, undefined, rights.audienceOf(entityType))
      if (change !== undefined) subscription.deliver(change.update)
    }
    yield
  }
}

interface ChangeOf {
  readonly subscription: Subscription
  readonly change: PageChange
}

function* changesOf(listed: readonly Subscription[], { rights, types, state }: Client): Generator<ChangeOf> {
  for (const subscription of listed) {
    const { entityId, entityType } = subscription
    for (const type of typesAskedFor(entityType, types)) {
      if (!state.isKnown(type)) continue
      const change = state.changedRights.onLatest(type, entityId, subscription.pageAudienceOf(type), rights.audienceOf(type))
      if (change !== undefined) yield { subscription, change }
    }
  }
}

function tell(listed: readonly Subscription[], changes: Iterable<ChangeOf>): void {
  for (const { subscription, change } of changes) subscription.deliver(change.update)
  for (const subscription of listed) subscription.notePageCompared()
}
