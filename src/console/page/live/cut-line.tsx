import { ask } from '../session.js'
import type { Column } from './column.js'
import { neighbourOf } from './people.js'

/** Ends the connection of one person at the gateway, as a network does that breaks: they come back by themselves, and nothing is lost. */
async function cut(column: Column): Promise<void> {
  const witness = neighbourOf(column)
  // Somebody may have been told of a change already, and the other not yet.
  const [after = ''] = [column.latestTime(), witness?.latestTime() ?? ''].sort().reverse()
  column.cut.value = { resumed: undefined, reason: undefined, after, witness }
  await ask('connections/disconnect', { sub: column.person.sub, client_id: column.clientId }).catch(() => (column.cut.value = undefined))
}

export function CutButton({ column }: { readonly column: Column }) {
  return (
    <button type="button" class="small" disabled={column.connection.value.status !== 'live'} onClick={() => void cut(column)}>
      Cut the link
    </button>
  )
}

/** What has come of it: both have been told of the same number of changes. */
export function CutLine({ column }: { readonly column: Column }) {
  const cut = column.cut.value
  if (cut === undefined) return null
  const { resumed, reason = '', after, witness } = cut
  const state = resumed === undefined ? 'cut' : resumed ? 'resumed without a gap' : `told anew (${reason})`
  return (
    <small role="status">
      {state} · since then <span class="figure">{column.toldSince(after)}</span> changes told
      {witness && `, ${witness.toldSince(after)} to ${witness.person.name}`}
    </small>
  )
}
