import { signal } from '@preact/signals'
import type { SavedAnswer } from '../answers.js'
import { Copied } from './copied.js'
import { policy } from './knowledge.js'
import { ask, placeNow, sentenceOf } from './session.js'

/** What has come of it last: on whichever screen it was pressed, both say it. */
const saved = signal<SavedAnswer | string | undefined>(undefined)

async function save(): Promise<void> {
  try {
    saved.value = await ask<SavedAnswer>('policy/save', {})
  } catch (error) {
    saved.value = sentenceOf(error)
  }
}

/** Where the policy is nobody's yet: for a gateway that stays. */
export function SaveButton() {
  if (placeNow() !== 'look' || policy.value?.may_change !== true) return null
  return (
    <button
      type="button"
      class="main"
      onClick={() => void save()}
      title="the policy in force, and what Sluice has found out about the topics"
    >
      Save as files
    </button>
  )
}

export function Saved() {
  const its = saved.value
  if (its === undefined) return null
  if (typeof its === 'string')
    return (
      <p role="alert" class="is-lost">
        {its}
      </p>
    )
  return (
    <section class="saved" role="status">
      <p>
        Written: {its.files.map((file, index) => [index > 0 && ' and ', <code key={file}>{file}</code>])}. In Sluice’s folder this starts a
        gateway with them:
      </p>
      <p>
        <Copied text={its.command} />
      </p>
    </section>
  )
}
