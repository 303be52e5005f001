import { memo, useSyncExternalStore, type ReactNode } from 'react'
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

const Row = memo(({ id, order, drawn }: { id: string; order: Entities['order']; drawn: (id: string) => void }): ReactNode => {
  drawn(id)
  return <output>{`${id} ${order.step}`}</output>
})

/** A list as people write it who begin. @param drawn with each order that is rendered */
export function ListView({ client, step, drawn }: { client: OrderClient; step?: number; drawn: (id: string) => void }): ReactNode {
  const { subscribe, getSnapshot, getServerSnapshot } = client.collection('order', { where: step === undefined ? {} : { step } })
  const { rows } = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
  return [...rows].map(([id, order]) => <Row key={id} id={id} order={order} drawn={drawn} />)
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
