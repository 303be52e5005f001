import type { StatefulClient } from './stateful-gateway.js'

type Told = Record<string, unknown>

/** Asks for a collection with a snapshot. */
export function collect(client: StatefulClient, where: Readonly<Record<string, unknown>>, more: object = {}): void {
  client.ask({ type: 'subscribe', entity_type: 'order', where, snapshot: true, ...more })
}

/** In short: what happened to which entity, and what else was told. */
export function brief(messages: readonly Told[]): string[] {
  return messages.map(({ type, operation, entity_id: id, data, count, code }) => {
    if (type === 'entity_update') return `${String(operation)} ${String(id)} ${(data as { status?: string }).status ?? ''}`.trim()
    if (type === 'error') return `error ${String(code)}`
    return count === undefined ? String(type) : `${String(type)} ${Number(count)}`
  })
}
