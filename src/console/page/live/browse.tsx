import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { CollectionState } from '#client/sluice-client.js'
import type { LeafAnswer, TypeAnswer } from '../../answers.js'
import { show } from '../address.js'
import { countText } from '../amounts.js'
import { isPaused } from '../pause.js'
import { cellOf } from './cell.js'
import type { Column } from './column.js'
import { columns } from './people.js'

type State = CollectionState<Record<string, unknown>>

export const isBrowsing = signal(false)
const whose = signal(0)

/** More is not looked through: a part of the id leads on. */
const rowsMax = 50
const fieldsMax = 4

/** What somebody may see of a type, to choose one: a list over their own connection, which changes as they would see it change. */
export function Browse({ type }: { readonly type: TypeAnswer }) {
  const column = columns.value[whose.value] ?? columns.value[0]
  if (column === undefined) return null
  return (
    <section class="browse" aria-label={`A list of ${type.entity_type}`}>
      <label>
        What{' '}
        <select
          value={column.person.name}
          onChange={({ currentTarget }) => (whose.value = currentTarget.selectedIndex)}
          aria-label="Whose list"
        >
          {columns.value.map(({ person }) => (
            <option key={person.name}>{person.name}</option>
          ))}
        </select>{' '}
        may see of {type.entity_type}
      </label>
      <List column={column} type={type} key={`${column.person.name}/${type.entity_type}`} />
    </section>
  )
}

function List({ column, type }: { readonly column: Column; readonly type: TypeAnswer }) {
  const [state, wanted] = [useSignal<State | undefined>(undefined), useSignal('')]
  const asked = askedLeaves(column, type)
  const fields = asked?.map(({ path }) => path)
  useEffect(() => followed(column, type.entity_type, fields, (next) => (state.value = next)), [fields?.join()])
  if (state.value === undefined) return <p class="note">The list is being sent.</p>
  if (state.value.status === 'failed') return <p class="is-lost">{state.value.error.message}</p>
  const leaves = asked ?? sentLeaves(state.value, type)
  const found = [...state.value.rows].filter(([id]) => id.includes(wanted.value))
  return (
    <>
      <label>
        Ids with <input value={wanted.value} onInput={({ currentTarget }) => (wanted.value = currentTarget.value)} />
      </label>{' '}
      <span class="note">
        {countText(Math.min(found.length, rowsMax))} shown of {countText(state.value.rows.size)}
      </span>
      <table class="rows">
        <thead>
          <tr>
            {['id', ...leaves.map(({ path }) => path)].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.slice(0, rowsMax).map(([id, data]) => (
            <tr key={id}>
              <th scope="row">
                <button type="button" onClick={() => show({ screen: 'live', entityType: type.entity_type, entityId: id })}>
                  {id}
                </button>
              </th>
              {leaves.map((leaf) => (
                <td key={leaf.path} data-name={leaf.path}>
                  {cellOf(data, leaf).text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** What rules may show this person; undefined where the token names no roles by which that is known, and all that there is is asked for. */
function askedLeaves({ rights }: Column, type: TypeAnswer): readonly LeafAnswer[] | undefined {
  const shown = new Set(rights.value?.leaves.flatMap(({ path, shown }) => (shown === 'never' ? [] : path)))
  const leaves = singleLeaves(type).filter(({ path }) => shown.has(path))
  return leaves.length === 0 ? undefined : leaves.slice(0, fieldsMax)
}

function sentLeaves({ rows }: State, type: TypeAnswer): readonly LeafAnswer[] {
  const [first] = rows.values()
  return singleLeaves(type)
    .filter((leaf) => first !== undefined && cellOf(first, leaf).kind !== 'hidden')
    .slice(0, fieldsMax)
}

/** Of one value each. The id stands before them. */
function singleLeaves({ leaves }: TypeAnswer): readonly LeafAnswer[] {
  return leaves.filter(({ path, steps }) => path !== 'id' && !steps.some(({ list }) => list))
}

/** Once a frame, however many changes come. */
function followed({ client }: Column, entityType: string, fields: readonly string[] | undefined, draw: (state: State) => void): () => void {
  let latest: State | undefined
  return client.collection(entityType, { fields }).subscribe((next) => {
    if (latest === undefined)
      requestAnimationFrame(() => {
        if (!isPaused.peek()) draw(latest!)
        latest = undefined
      })
    latest = next
  })
}
