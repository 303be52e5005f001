import { signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { LeafAnswer, LeafRightsAnswer, RuleAnswer } from '../../answers.js'
import { show } from '../address.js'
import { policy } from '../knowledge.js'
import { rolesText } from '../roles-text.js'
import type { Column } from './column.js'
import { pinCase } from './pinned-case.js'
import { hidesAt, withHidden, withoutHidden } from '../policy/policy-text.js'
import { amend, lineToShow } from '../policy/trial.js'

/** The field that somebody asks about. */
export const why = signal<{ readonly column: Column; readonly leaf: LeafAnswer } | undefined>(undefined)

/** Back to the field. */
export function closeWhy(): void {
  if (why.value === undefined) return
  const { column, leaf } = why.value
  why.value = undefined
  document.getElementById(column.cellId(leaf.path))?.focus()
}

export function WhyDrawer() {
  const at = why.value
  const drawer = useRef<HTMLElement>(null)
  useLayoutEffect(() => drawer.current?.focus(), [at])
  if (at === undefined) return null
  const { column, leaf } = at
  const cell = column.cell(leaf.path).value
  const its = column.rightsTo(leaf.path)
  const isHidden = cell.kind === 'hidden' || (cell.kind === 'absent' && its?.shown === 'never')
  return (
    <aside class="drawer" tabIndex={-1} ref={drawer} aria-label="Why">
      <header>
        <h2>
          Why does {column.person.name} {isHidden ? 'not see' : 'see'} {column.rights.value?.entity_type}.{leaf.path}?
        </h2>
        <button type="button" onClick={closeWhy} aria-label="Close (Esc)">
          ✕
        </button>
      </header>
      {its === undefined ? <p class="note">The rules are not known.</p> : <Reasons its={its} column={column} />}
      <div class="toolbar">
        <HideButton column={column} leaf={leaf} />
        {policy.value?.may_change === true && <PinButton column={column} leaf={leaf} />}
      </div>
    </aside>
  )
}

/** A case pins down what a policy is to show, whatever becomes of it later. */
function PinButton({ column, leaf }: { readonly column: Column; readonly leaf: LeafAnswer }) {
  const said = useSignal('')
  const pin = async (): Promise<void> => {
    try {
      const isCopied = await pinCase(column, leaf.path)
      said.value = `It ${isCopied ? 'is copied, and ' : ''}runs on the policy’s screen.`
    } catch (error) {
      said.value = (error as Error).message
    }
  }
  return (
    <>
      <button type="button" onClick={() => void pin()} title="for sluice policy test">
        Copy as a case
      </button>
      <span role="status">{said}</span>
    </>
  )
}

const sentences = {
  always: 'The rules show it whatever the record holds.',
  sometimes: 'The rules show it under a condition:',
  never: 'No rule shows it, whatever the record holds.',
} as const

function Reasons({ its, column }: { readonly its: LeafRightsAnswer; readonly column: Column }) {
  const { roles } = column.person
  return (
    <>
      {its.rules.length > 0 && (
        <p>
          {sentences[its.shown]} {its.when !== undefined && <code>{its.when}</code>}
        </p>
      )}
      {its.rules.length === 0 ? (
        <p>No rule of {rolesText(roles)} names this field, and what no rule names is hidden.</p>
      ) : (
        <>
          <h3>Rules that name it; the last one that applies decides</h3>
          <ol class="rules">
            {its.rules.map((rule) => (
              <li key={rule.rule}>
                <Rule rule={rule} column={column} />
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  )
}

/** What a condition asks about is told as this person is shown it, and no further. */
function Rule({ rule, column }: { readonly rule: RuleAnswer; readonly column: Column }) {
  return (
    <>
      <strong class={rule.shows ? 'shows' : 'hides'}>{rule.shows ? 'shows' : 'hides'}</strong> <code>{rule.rule}</code>,{' '}
      <button type="button" class="link" onClick={() => showLine(rule.line)}>
        line {rule.line}
      </button>
      {rule.when !== undefined && (
        <>
          , if <code>{rule.when}</code>
        </>
      )}
      {rule.asks.map((path) => {
        const { kind, text } = column.cell(path).value
        return (
          <small key={path}>
            {path} is {kind === 'value' ? <q>{text}</q> : kind === 'hidden' ? `hidden from ${column.person.name}` : text || 'not there'}
          </small>
        )
      })}
    </>
  )
}

/** Of the policy, where it is written. */
function showLine(line: number): void {
  lineToShow.value = line
  show({ screen: 'policy' })
}

function HideButton({ column, leaf }: { readonly column: Column; readonly leaf: LeafAnswer }) {
  const { text, may_change } = policy.value ?? {}
  const [role] = column.person.roles
  const type = column.rights.value?.entity_type
  if (!may_change || text === undefined || role === undefined || type === undefined) return null
  const hide = { role, type, path: leaf.path }
  const isHidden = hidesAt(text, hide)
  // What no rule shows need not be hidden.
  const isNever = column.rights.value?.leaves.some(({ path, shown }) => path === leaf.path && shown === 'never') === true
  if (isNever && !isHidden) return null
  return (
    <button type="button" onClick={() => void amend((now) => (isHidden ? withoutHidden(now, hide) : withHidden(now, hide)))}>
      {isHidden ? `Show it to ${rolesText([role])} again` : `Hide it from ${rolesText([role])}`}
    </button>
  )
}
