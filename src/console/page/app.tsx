import { useSignal } from '@preact/signals'
import type { ComponentChild } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Screen, screens, show, view } from './address.js'
import { BadRecordsScreen } from './bad-records/bad-records-screen.js'
import { ConnectionsScreen } from './connections/connections-screen.js'
import { trouble, watchGateway } from './knowledge.js'
import { beginLive } from './live/people.js'
import { LiveScreen } from './live/live-screen.js'
import { PipelineScreen } from './pipeline/pipeline-screen.js'
import { closeWhy } from './live/why-drawer.js'
import { PolicyScreen } from './policy/policy-screen.js'
import { SchemasScreen } from './schemas/schemas-screen.js'
import { isPaused } from './pause.js'
import { session } from './session.js'
import { SignIn } from './sign-in.js'

const looks: Readonly<Record<Screen, readonly [name: string, screen: () => ComponentChild]>> = {
  live: ['Live', () => <LiveScreen />],
  policy: ['Policy', () => <PolicyScreen />],
  schemas: ['Schemas', () => <SchemasScreen />],
  pipeline: ['Pipeline', () => <PipelineScreen />],
  connections: ['Connections', () => <ConnectionsScreen />],
  'bad-records': ['Bad records', () => <BadRecordsScreen />],
}

export function App() {
  const state = session.value
  // The screen alone: browsers keep titles in their history, so that no id belongs there.
  const title = state.status === 'open' ? `${looks[view.value.screen][0]} · Sluice` : 'Sluice'
  useEffect(() => void (document.title = title), [title])
  if (state.status === 'asking') return null
  if (state.status === 'none') return <SignIn why={state.why} />
  return <Console node={state.answer.node} />
}

function Console({ node }: { readonly node: string }) {
  const isHelpOpen = useSignal(false)
  useEffect(() => {
    const state = session.peek()
    if (state.status !== 'open') return
    const ends = [beginLive(state.answer), watchGateway()]
    const press = (event: KeyboardEvent): void => onKey(event, isHelpOpen)
    document.addEventListener('keydown', press)
    return () => {
      for (const end of ends) end()
      document.removeEventListener('keydown', press)
    }
  }, [])
  const { screen } = view.value
  return (
    <>
      <header class="top">
        <strong class="brand">Sluice</strong>
        <nav aria-label="Screens">
          {screens.map((one) => (
            <a key={one} href={`#/${one}`} aria-current={one === screen ? 'page' : undefined}>
              {looks[one][0]}
            </a>
          ))}
        </nav>
        <span class="node">node {node.slice(0, 8)}</span>
        <button type="button" aria-expanded={isHelpOpen.value} onClick={() => (isHelpOpen.value = !isHelpOpen.value)} aria-label="Keys">
          ?
        </button>
      </header>
      {isHelpOpen.value && <Keys />}
      {trouble.value !== undefined && (
        <p class="gone" role="status">
          ▲ {trouble.value} What stands here is what was known last.
        </p>
      )}
      <main>
        <h1 class="for-readers">{looks[screen][0]}</h1>
        {looks[screen][1]()}
      </main>
    </>
  )
}

function Keys() {
  return (
    <dl class="keys">
      <dt>1 to {screens.length}</dt>
      <dd>the screens</dd>
      <dt>p</dt>
      <dd>pause, go on</dd>
      <dt>arrows</dt>
      <dd>from field to field in the table</dd>
      <dt>Enter</dt>
      <dd>why a field is shown or hidden</dd>
      <dt>Esc</dt>
      <dd>back</dd>
      <dt>?</dt>
      <dd>these keys</dd>
    </dl>
  )
}

function onKey(event: KeyboardEvent, isHelpOpen: { value: boolean }): void {
  const { key, ctrlKey, metaKey, altKey, target } = event
  const isTyping = target instanceof HTMLElement && target.closest('input, textarea, select') !== null
  if (isTyping || ctrlKey || metaKey || altKey) return
  const screen = screens[Number(key) - 1]
  if (screen !== undefined) show({ screen })
  else if (key === 'Escape') closeWhy()
  else if (key === 'p') isPaused.value = !isPaused.value
  else if (key === '?') isHelpOpen.value = !isHelpOpen.value
}
