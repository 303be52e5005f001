import { useEffect, useRef } from 'preact/hooks'
import type { TrialAnswer } from '../../answers.js'
import { policy } from '../knowledge.js'
import { SaveButton, Saved } from '../save.js'
import { Waiting } from '../waiting.js'
import { CasesPane, Changes, Findings } from './trial-panes.js'
import { beginTrials, draft, fault, lineToShow, put, redo, redoable, trial, undo, undoable } from './trial.js'
import { WhoTable } from './who-table.js'

export function PolicyScreen() {
  const editor = useRef<HTMLTextAreaElement>(null)
  useEffect(beginTrials, [])
  const now = policy.value
  const goTo = (line: number): void => selectLine(editor.current!, line)
  useEffect(() => {
    if (lineToShow.value === undefined || editor.current === null) return
    goTo(lineToShow.value)
    lineToShow.value = undefined
  }, [lineToShow.value, now === undefined])
  if (now === undefined) return <Waiting />
  const text = draft.value ?? now.text
  return (
    <section class="policy">
      <p class="lead">
        {now.may_change
          ? 'Who may see what. A change counts at once, on all connections.'
          : 'Who may see what. Try a change out here; it is put in force where the policy stands, after review.'}
      </p>
      <div class="panes">
        <div>
          <textarea
            ref={editor}
            class="code"
            aria-label="The policy"
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => (draft.value = currentTarget.value)}
          />
          <Actions text={text} mayChange={now.may_change} inForce={now.text} first={now.first} />
          <Saved />
          {(fault.value ?? now.refused) !== undefined && (
            <p role="alert" class="is-lost">
              {fault.value ?? `${now.refused ?? ''} The one before stays in force.`}
            </p>
          )}
        </div>
        <div aria-live="polite">
          {trial.value === undefined ? <Waiting /> : <Outcome of={trial.value} goTo={goTo} />}
          <CasesPane />
        </div>
      </div>
      <WhoTable views={trial.value?.views ?? []} />
    </section>
  )
}

/** What would come of what is written. */
function Outcome({ of: { fault: why, changes, findings }, goTo }: { readonly of: TrialAnswer; readonly goTo: (line: number) => void }) {
  if (why !== undefined) return <p class="is-lost">✕ {why}</p>
  return (
    <>
      <Changes changes={changes} />
      <Findings findings={findings} goTo={goTo} />
    </>
  )
}

interface ActionsProps {
  readonly text: string
  readonly mayChange: boolean
  readonly inForce: string
  readonly first: string
}

function Actions({ text, mayChange, inForce, first }: ActionsProps) {
  return (
    <div class="toolbar">
      {mayChange && (
        <>
          <button type="button" class="main" disabled={text === inForce} onClick={() => void put(text)}>
            Put in force
          </button>
          <button type="button" disabled={undoable.value.length === 0} onClick={() => void undo()}>
            ↶ Undo
          </button>
          <button type="button" disabled={redoable.value.length === 0} onClick={() => void redo()}>
            ↷ Redo
          </button>
          <button type="button" disabled={inForce === first} onClick={() => void put(first)}>
            Reset
          </button>
        </>
      )}
      <SaveButton />
      <button type="button" disabled={draft.value === undefined} onClick={() => (draft.value = undefined)}>
        Discard what is written
      </button>
    </div>
  )
}

/** Where somebody is to look. */
function selectLine(editor: HTMLTextAreaElement, line: number): void {
  const lines = editor.value.split('\n')
  const start = lines.slice(0, line - 1).reduce((length, { length: own }) => length + own + 1, 0)
  editor.focus()
  editor.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  editor.scrollTop = (editor.scrollHeight / lines.length) * Math.max(0, line - 4)
}
