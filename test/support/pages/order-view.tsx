import { useSyncExternalStore, type ReactNode } from 'react'
import { SluiceClient } from '#client/sluice-client.js'
import type { ClientOptions } from '#client/api.js'

interface Entities {
  readonly order: { readonly step: number }
}
export type OrderClient = SluiceClient<Entities>

/** On a server there is none, and none is needed. */
export function orderClient(WebSocket: ClientOptions['WebSocket']): OrderClient {
  return new SluiceClient<Entities>('ws://script', { token: 'any', lingerMs: 100, WebSocket })
}

/** An order as people write it who begin: the store is asked for anew at each rendering. */
export function OrderView({ client, id }: { client: OrderClient; id: string }): ReactNode {
  const { subscribe, getSnapshot, getServerSnapshot } = client.entity('order', id)
  const { status, data } = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
  return (
    <output>
      {id} {status} {data?.step}
    </output>
  )
}
