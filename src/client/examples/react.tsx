import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { SluiceClient } from 'sluice-client'
import type { Entities } from './entities.js'
import { useStore } from './use-store.js'

const client = new SluiceClient<Entities>('ws://localhost:8080', { token: () => fetch('token').then((answer) => answer.text()) })

const steps = ['NEW', 'PAID', 'PACKED', 'SHIPPED', 'DELIVERED'] as const

function Order({ id }: { id: string }) {
  const { status, data } = useStore(client.entity('order', id))
  return (
    <main className={status}>
      <header>
        <h1>{id}</h1>
        <output>{status}</output>
      </header>
      <ol>
        {steps.map((step) => (
          <li key={step} aria-current={step === data?.status ? 'step' : undefined}>
            {step}
          </li>
        ))}
      </ol>
      <ul>
        {data?.items.map(({ sku, quantity }, index) => (
          <li key={index}>
            {sku} × {quantity}
          </li>
        ))}
      </ul>
      <dl>
        <div>
          <dt>Total</dt> <dd>{data?.total}</dd>
        </div>
        <div>
          <dt>Delivered by</dt> <dd>{data?.deliver_by}</dd>
        </div>
      </dl>
    </main>
  )
}

createRoot(document.body).render(
  <StrictMode>
    <Order id="order-1001" />
  </StrictMode>,
)
