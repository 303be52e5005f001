/** Who has subscribed to which entity, as each contender without actors keeps it. */
export class Rooms<C> {
  private readonly members = new Map<string, Set<C>>()

  join(entityId: string, client: C): void {
    const known = this.members.get(entityId)
    if (known === undefined) this.members.set(entityId, new Set([client]))
    else known.add(client)
  }

  of(entityId: string): Iterable<C> {
    return this.members.get(entityId) ?? []
  }
}

/** The seed's answer to a subscription; undefined for all else. */
export function answerTo(text: string): { readonly entityId: string; readonly answer: string } | undefined {
  const { type, entity_id: entityId } = JSON.parse(text) as { type: string; entity_id: string }
  return type === 'subscribe' ? { entityId, answer: JSON.stringify({ type: 'subscription_success', entity_id: entityId }) } : undefined
}

export function greetingOf(clientId: string): string {
  return JSON.stringify({ type: 'connection_established', client_id: clientId, message: 'Connected to WebSocket server' })
}
