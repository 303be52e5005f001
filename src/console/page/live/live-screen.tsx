import { useSignal } from '@preact/signals'
import type { TypeAnswer } from '../../answers.js'
import { show } from '../address.js'
import { isTold, types } from '../knowledge.js'
import { SaveButton, Saved } from '../save.js'
import { placeNow } from '../session.js'
import { Waiting } from '../waiting.js'
import { fault } from '../policy/trial.js'
import { why, WhyDrawer } from './why-drawer.js'
import { Ways } from './ways.js'
import { LiveTable } from './live-table.js'
import { PauseButton } from '../pause-button.js'
import { AddPerson } from './add-person.js'
import { Browse, isBrowsing } from './browse.js'
import { columns, looked } from './people.js'
import { TryButtons } from './try-buttons.js'

export function LiveScreen() {
  const at = looked()
  return (
    <div class={why.value === undefined ? 'live' : 'live with-drawer'}>
      <section>
        <p class="lead">
          {placeNow() === 'look' ? 'Your own newest records, as three made-up people see them.' : 'One stream from Kafka.'} Each person gets
          only what the policy shows them.
        </p>
        <Ways />
        <div class="toolbar">
          {at && <EntityPicker type={at.type} entityId={at.entityId} key={`${at.type.entity_type}/${at.entityId}`} />}
          <button type="button" aria-pressed={isBrowsing.value} onClick={() => (isBrowsing.value = !isBrowsing.value)}>
            List
          </button>
          <PauseButton />
          <AddPerson />
          <TryButtons />
          <SaveButton />
        </div>
        <Saved />
        {fault.value !== undefined && (
          <p role="alert" class="is-lost">
            {fault}
          </p>
        )}
        {at && (isBrowsing.value || at.entityId === '') && <Browse type={at.type} key={at.type.entity_type} />}
        {!isTold.value ? (
          <Waiting />
        ) : at === undefined ? (
          <p class="note">No type is streamed yet.</p>
        ) : columns.value.length === 0 ? (
          <Nobody />
        ) : (
          <LiveTable type={at.type} entityId={at.entityId} key={at.type.entity_type} />
        )}
        {columns.value.length > 0 && <Legend />}
      </section>
      <WhyDrawer />
    </div>
  )
}

function Legend() {
  return (
    <p class="legend">
      <span class="mark">◆</span> changed <span class="hidden-sample">hidden</span> by the policy · click a field, or press Enter on it:
      why?
    </p>
  )
}

function EntityPicker({ type, entityId }: { readonly type: TypeAnswer; readonly entityId: string }) {
  const id = useSignal(entityId)
  const go = (event: Event): void => {
    event.preventDefault()
    show({ screen: 'live', entityType: type.entity_type, entityId: id.value.trim() })
  }
  return (
    <form class="picker" onSubmit={go}>
      <label>
        Entity{' '}
        <select
          value={type.entity_type}
          onChange={({ currentTarget }) => show({ screen: 'live', entityType: currentTarget.value, entityId: undefined })}
        >
          {types.value.map(({ entity_type }) => (
            <option key={entity_type}>{entity_type}</option>
          ))}
        </select>
      </label>
      <input
        aria-label="Id"
        placeholder="id"
        list="examples"
        value={id.value}
        onInput={({ currentTarget }) => (id.value = currentTarget.value)}
        onChange={go}
      />
      <datalist id="examples">
        {type.examples.map((example) => (
          <option key={example}>{example}</option>
        ))}
      </datalist>
    </form>
  )
}

function Nobody() {
  return (
    <p class="note">
      {placeNow() === 'shop'
        ? 'This gateway has a key of yours, so that the shop has no tokens of its own. Add a person by a token that you sign.'
        : 'Add a person by their token: you see what that token may see, and nothing else.'}
    </p>
  )
}
