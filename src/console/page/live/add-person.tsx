import { useSignal } from '@preact/signals'
import { addPerson, columns, peopleMax } from './people.js'

/** Somebody adds their own view, by a token that only this page and the gateway know. */
export function AddPerson() {
  const [isOpen, token, fault] = [useSignal(false), useSignal(''), useSignal<string | undefined>(undefined)]
  if (columns.value.length >= peopleMax) return null
  if (!isOpen.value)
    return (
      <button type="button" class={columns.value.length === 0 ? 'main' : ''} onClick={() => (isOpen.value = true)}>
        + Add a person
      </button>
    )
  const close = (): void => {
    token.value = ''
    fault.value = undefined
    isOpen.value = false
  }
  const add = async (event: Event): Promise<void> => {
    event.preventDefault()
    fault.value = await addPerson(token.value.trim())
    if (fault.value === undefined) close()
  }
  return (
    <form class="add-person" onSubmit={(event) => void add(event)} onKeyDown={({ key }) => key === 'Escape' && close()}>
      <label>
        Their token{' '}
        <input
          type="password"
          autocomplete="off"
          ref={(input) => input?.focus()}
          value={token.value}
          onInput={({ currentTarget }) => (token.value = currentTarget.value)}
        />
      </label>
      <button type="submit">Add</button>
      <button type="button" onClick={close}>
        Cancel
      </button>
      <small class="note">You see what this token may see. It stays in this page, and is gone when you leave it.</small>
      {fault.value !== undefined && (
        <p role="alert" class="is-lost">
          {fault.value}
        </p>
      )}
    </form>
  )
}
