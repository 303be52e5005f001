import { signal } from '@preact/signals'
import { AskError } from '../session.js'
import { changePolicy, policy } from '../knowledge.js'

/** What is written and not in force yet; undefined where there is nothing of that kind. */
const draft = signal<string | undefined>(undefined)
/** Texts that were in force before, the latest last. */
const former = signal<readonly string[]>([])
const fault = signal<string | undefined>(undefined)

export function PolicyScreen() {
  const now = policy.value
  if (now === undefined) return null
  const text = draft.value ?? now.text
  return (
    <section class="policy">
      <p class="lead">
        {now.may_change
          ? 'Who may see what. In the sample shop a change counts at once.'
          : 'Who may see what. It is changed where it stands, by review.'}
      </p>
      <textarea
        aria-label="The policy"
        spellcheck={false}
        readOnly={!now.may_change}
        value={text}
        onInput={({ currentTarget }) => (draft.value = currentTarget.value)}
      />
      {now.may_change && (
        <div class="toolbar">
          <button type="button" disabled={draft.value === undefined || draft.value === now.text} onClick={() => void put(text)}>
            Put in force
          </button>
          <button type="button" disabled={former.value.length === 0} onClick={() => void undo()}>
            Undo
          </button>
        </div>
      )}
      {(fault.value ?? now.refused) !== undefined && (
        <p role="alert" class="is-lost">
          {fault.value ?? now.refused} The one before stays in force.
        </p>
      )}
    </section>
  )
}

async function put(text: string): Promise<void> {
  const before = policy.peek()?.text
  try {
    const { refused } = await changePolicy(text)
    fault.value = undefined
    if (refused !== undefined) return
    draft.value = undefined
    if (before !== undefined && before !== text) former.value = [...former.value, before]
  } catch (error) {
    fault.value = error instanceof AskError ? error.message : 'The admin port does not answer.'
  }
}

async function undo(): Promise<void> {
  const last = former.value.at(-1)
  if (last === undefined) return
  former.value = former.value.slice(0, -1)
  draft.value = undefined
  await changePolicy(last)
}
