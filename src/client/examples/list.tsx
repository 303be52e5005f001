import { StrictMode, memo, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { SluiceClient } from 'sluice-client'
import type { Entities, Order } from './entities.js'
import { useStore } from './use-store.js'

const client = new SluiceClient<Entities>('ws://localhost:8080', { token: () => fetch('token').then((answer) => answer.text()) })

const steps = ['NEW', 'PAID', 'PACKED', 'SHIPPED', 'DELIVERED'] as const

/** Drawn anew where its order has changed, and not for each change of the list. */
const Row = memo(({ id, order }: { id: string; order: Order }) => (
  <li>
    <span>{id}</span> <span>{order.items.map(({ sku, quantity }) => `${sku} × ${quantity}`).join(', ')}</span>
  </li>
))

function Orders() {
  const [step, setStep] = useState<string>('NEW')
  const { status, rows } = useStore(client.collection('order', { where: { status: step } }))
  return (
    <main className={status}>
      <header>
        <h1>Orders</h1>
        <select value={step} onChange={({ target }) => setStep(target.value)}>
          {steps.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <output>{status}</output>
      </header>
      <ul>
        {[...rows].map(([id, order]) => (
          <Row key={id} id={id} order={order} />
        ))}
      </ul>
    </main>
  )
}

createRoot(document.body).render(
  <StrictMode>
    <Orders />
  </StrictMode>,
)
