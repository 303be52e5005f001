import { Fragment } from 'preact'
import { type Signal, useSignal } from '@preact/signals'
import type { ClientState } from '#client/sluice-client.js'
import type { LeafAnswer, TypeAnswer } from '../../answers.js'
import { FieldPath } from '../field-path.js'
import { rolesText } from '../roles-text.js'
import { moveByKeys } from './arrow-keys.js'
import { policy } from '../knowledge.js'
import { placeNow } from '../session.js'
import type { Column } from './column.js'
import { CutButton, CutLine } from './cut-line.js'
import { LeafCell } from './leaf-cell.js'
import { columns, removePerson } from './people.js'
import { SlowButton, SlowLine } from './slow-line.js'
import { why } from './why-drawer.js'

/** A page with thousands of rows is of use to nobody. */
const rowsMax = 300
/** So many can be looked through without a filter. */
const unfilteredMax = 40

interface Props {
  readonly type: TypeAnswer
  readonly entityId: string
}

/** What each person is shown, leaf by leaf: the rows are the schema's, so that what is hidden has its place. */
export function LiveTable({ type, entityId }: Props) {
  const wanted = useSignal('')
  /** Whose view it is where there is room for one. */
  const chosen = useSignal(0)
  const leaves = type.leaves.filter(({ path }) => path.includes(wanted.value))
  return (
    <>
      {type.leaves.length > unfilteredMax && (
        <label class="field-filter">
          Fields with <input value={wanted.value} onInput={({ currentTarget }) => (wanted.value = currentTarget.value)} />
        </label>
      )}
      <PeopleTabs chosen={chosen} />
      <table class="people" role="grid" onKeyDown={moveByKeys}>
        <caption class="for-readers">
          {type.entity_type} {entityId} as each person sees it
        </caption>
        <thead>
          <tr>
            <th scope="col">field</th>
            {columns.value.map((column, index) => (
              <Person key={column.person.name} column={column} isChosen={chosen.value === index} />
            ))}
          </tr>
        </thead>
        <tbody>
          {leaves.slice(0, rowsMax).map((leaf, row) => (
            <Row key={leaf.path} leaf={leaf} isFirst={row === 0} chosen={chosen.value} />
          ))}
        </tbody>
      </table>
      {leaves.length > rowsMax && <p class="note">{leaves.length - rowsMax} more fields: name a part of the one you look for.</p>}
    </>
  )
}

function Row({ leaf, isFirst, chosen }: { readonly leaf: LeafAnswer; readonly isFirst: boolean; readonly chosen: number }) {
  return (
    <tr>
      <th scope="row">
        <FieldPath path={leaf.path} />
        {leaf.tags.map((tag) => (
          <Fragment key={tag}>
            {' '}
            <span class="tag">{tag}</span>
          </Fragment>
        ))}
      </th>
      {columns.value.map((column, index) => (
        <LeafCell key={column.person.name} column={column} leaf={leaf} isFirst={isFirst && index === 0} isChosen={chosen === index} />
      ))}
    </tr>
  )
}

function PeopleTabs({ chosen }: { readonly chosen: Signal<number> }) {
  return (
    <div class="people-tabs" role="group" aria-label="Whose view">
      {columns.value.map(({ person }, index) => (
        <button type="button" key={person.name} aria-pressed={chosen.value === index} onClick={() => (chosen.value = index)}>
          {person.name}
        </button>
      ))}
    </div>
  )
}

function Person({ column, isChosen }: { readonly column: Column; readonly isChosen: boolean }) {
  const { person, connection, status, updates } = column
  const isLive = connection.value.status === 'live'
  return (
    <th scope="col" class={isChosen ? 'chosen' : ''}>
      <button type="button" class="remove" aria-label={`Remove ${person.name}`} onClick={() => remove(column)}>
        ✕
      </button>
      <strong>{person.name}</strong> <span class="roles">{rolesText(person.roles)}</span>
      <small title={person.sees}>{person.sees}</small>
      <small class={isLive ? 'is-live' : 'is-lost'}>
        {connectionText(connection.value)}
        {status.value === 'failed' && ` · ${column.error.value ?? ''}`} · <span class="figure">{updates}</span>
        {updates.value === 1 ? ' update' : ' updates'}
      </small>
      {status.value === 'absent' && <small class="absence">{absenceText(column)}</small>}
      <CutLine column={column} />
      <SlowLine column={column} />
      {policy.value?.may_change === true && (
        <>
          <CutButton column={column} /> {placeNow() === 'shop' && <SlowButton column={column} />}
        </>
      )}
    </th>
  )
}

/** Neither the page nor the person can tell which of both it is. */
function absenceText({ person, wasThere }: Column): string {
  return wasThere.value
    ? `▽ Gone: deleted, or not shown to ${person.name} any more.`
    : `▽ Nothing here for ${person.name}: there is none, or all of it is hidden.`
}

function remove(column: Column): void {
  if (why.value?.column === column) why.value = undefined
  removePerson(column)
}

function connectionText(state: ClientState): string {
  if (state.status === 'live') return '● live'
  if (state.status === 'closed' && state.error !== undefined) return `✕ refused: ${state.error.message}`
  return state.status === 'waiting' && state.end.reason !== '' ? `○ no connection: ${state.end.reason}` : '○ no connection'
}
