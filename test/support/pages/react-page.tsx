import { StrictMode, startTransition, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { scriptedServer, type ScriptedServer } from '#client/testing/scripted-server.js'
import { ListView, orderClient, OrderView, type OrderClient } from './order-view.js'

// What React does to the stores of the library, for the test to ask for. The server is a script within the page.

const lingersMs = 100

class Stage {
  readonly server: ScriptedServer = scriptedServer()
  readonly client: OrderClient = orderClient(this.server.WebSocket)
  readonly place = document.body.appendChild(document.createElement('div'))
  private readonly root = createRoot(this.place)

  async show(view: ReactNode): Promise<void> {
    flushSync(() => this.root.render(view))
    await this.settled()
  }

  async settled(): Promise<void> {
    await this.server.settled()
    await passed(0)
  }

  order(id: string): ReactNode {
    return <OrderView key={id} client={this.client} id={id} />
  }

  get text(): string {
    return this.place.innerText
  }

  /** Of each component by itself. */
  get texts(): string[] {
    return [...this.place.querySelectorAll('output')].map(({ innerText }) => innerText)
  }

  get requests(): string[] {
    return this.server.requests.map(({ type, entity_id, where }) =>
      [type, entity_id ?? (where && JSON.stringify(where)) ?? 'a list'].join(' '),
    )
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !holds(); tries++) await passed(5)
}

/** Effects run, are cleaned and run again. */
async function strictly() {
  const stage = new Stage()
  const texts: string[] = []
  for (const step of [1, 2]) {
    stage.server.update('order', 'order-1', { step })
    await stage.show(<StrictMode>{stage.order('order-1')}</StrictMode>)
    texts.push(stage.text)
  }
  await passed(2 * lingersMs)
  await stage.show(null)
  texts.push(stage.text)
  await passed(2 * lingersMs)
  return { texts, requests: stage.requests, connections: stage.server.connections.map(({ isOpen }) => isOpen) }
}

/** Two of the same, of which one goes; another one; and the first again before it is let go of. */
async function shared() {
  const stage = new Stage()
  const [one, other] = [stage.order('order-1'), stage.order('order-2')]
  await stage.show([one, <div key="again">{one}</div>])
  await stage.show(one)
  await stage.show(other)
  await stage.show(one)
  const atOnce = stage.requests
  await passed(2 * lingersMs)
  await stage.settled()
  return { atOnce, later: stage.requests.slice(atOnce.length) }
}

/** A list to which orders come and go, and of which others have changed. */
async function listed() {
  const stage = new Stage()
  const drawn: string[] = []
  const drawnBy = async (happens: () => void): Promise<string[]> => {
    drawn.length = 0
    happens()
    await stage.settled()
    return drawn.slice()
  }
  const list = (step?: number) => <ListView client={stage.client} drawn={(id) => drawn.push(id)} {...(step !== undefined && { step })} />
  for (const id of ['order-1', 'order-2']) stage.server.update('order', id, { step: 1 })
  // The function that counts must stay the same, or all would be drawn for it.
  const all = list()
  await stage.show(<StrictMode>{all}</StrictMode>)
  const begun = stage.texts
  await stage.show(all)
  const byChange = await drawnBy(() => stage.server.update('order', 'order-2', { step: 2 }))
  const byNews = await drawnBy(() => stage.server.update('order', 'order-3', { step: 2 }))
  const byDelete = await drawnBy(() => stage.server.delete('order', 'order-1'))
  const bySnapshot = await drawnBy(() => stage.server.snapshotCollections('order'))
  const { texts } = stage
  await stage.show(list(2))
  stage.server.update('order', 'order-2', { step: 3 })
  await stage.settled()
  const filtered = stage.texts
  await stage.show(null)
  await passed(2 * lingersMs)
  const connections = stage.server.connections.map(({ isOpen }) => isOpen)
  return { begun, byChange, byNews, byDelete, bySnapshot, texts, filtered, requests: stage.requests, connections }
}

/** It takes so long that React lets the browser do other things in between, and updates come. */
function Slow({ children }: { children: ReactNode }): ReactNode {
  const endMs = performance.now() + 5
  while (performance.now() < endMs);
  return children
}

/** What stands in the page at each commit of a transition that updates interrupt. */
async function inTransition() {
  const [many, updates] = [20, [1, 2, 3, 4, 5]]
  const stage = new Stage()
  const commits: string[][] = []
  let show: (isShown: boolean) => void
  function Many(): ReactNode {
    const [isShown, setShown] = useState(false)
    show = setShown
    return isShown && Array.from({ length: many }, (_, n) => <Slow key={n}>{stage.order('order-1')}</Slow>)
  }
  new MutationObserver(() => commits.push(stage.texts)).observe(stage.place, { subtree: true, childList: true, characterData: true })
  stage.server.update('order', 'order-1', { step: 0 })
  await stage.show([<Many key="many" />, stage.order('order-1')])
  startTransition(() => show(true))
  for (const step of updates) {
    stage.server.update('order', 'order-1', { step })
    await passed(5)
  }
  await until(() => stage.texts.length > many)
  const torn = commits.filter((texts) => new Set(texts).size > 1)
  return { torn, commits: commits.length, isLatest: stage.texts.every((text) => text === `order-1 live ${updates.at(-1)!}`) }
}

/** What a server has rendered comes to life beside another part of the page, which is live already. */
async function hydrated(html: string) {
  const stage = new Stage()
  const place = document.body.appendChild(document.createElement('div'))
  place.innerHTML = html
  stage.server.update('order', 'order-1', { step: 1 })
  await stage.show(stage.order('order-1'))
  const errors: unknown[] = []
  const output = place.querySelector('output')
  hydrateRoot(place, <StrictMode>{stage.order('order-1')}</StrictMode>, { onRecoverableError: (error) => errors.push(String(error)) })
  await until(() => place.innerText.includes('live'))
  return { errors, isSame: output === place.querySelector('output'), text: place.innerText }
}

Object.assign(window, { strictly, shared, listed, inTransition, hydrated })
