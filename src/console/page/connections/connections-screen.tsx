import { signal, useSignal } from '@preact/signals'
import type { ConnectionAnswer, ConnectionsAnswer } from '../../operation-answers.js'
import { bytesText, countText, durationText } from '../amounts.js'
import { Copied } from '../copied.js'
import { PauseButton } from '../pause-button.js'
import { polled } from '../polled.js'
import { ask, sentenceOf } from '../session.js'
import { Waiting } from '../waiting.js'

const { answer, refresh } = polled<ConnectionsAnswer>('connections', () => 'connections')
/** Of those on the screen: it has no more. */
const wanted = signal('')
const said = signal('')

const headings = ['user', 'client', 'roles', 'dialect', 'subscriptions', 'waits', 'changes left out', 'connected for', 'token ends in']

export function ConnectionsScreen() {
  const now = answer.value
  if (now === undefined) return <Waiting />
  const { total, connections, named } = now
  const shown = connections.filter(({ sub, client_id }) => `${sub} ${client_id}`.includes(wanted.value))
  return (
    <section>
      <p class="lead">Who is connected to this node. Those for whom most waits come first.</p>
      <div class="toolbar">
        <label>
          User or client with <input value={wanted.value} onInput={({ currentTarget }) => (wanted.value = currentTarget.value)} />
        </label>
        <PauseButton />
        <span class="note">
          {countText(shown.length)} shown of {countText(total)}
        </span>
      </div>
      {!named && (
        <p class="note">
          Your token may view: users and clients stand here by a mark that stays as long as this process runs. With the right{' '}
          <code>act</code> they stand by their names, and you may end connections.
        </p>
      )}
      <p role="status">{said.value}</p>
      <table class="rows">
        <caption class="for-readers">Connections</caption>
        <thead>
          <tr>
            {headings.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
            {named && (
              <th scope="col">
                <span class="for-readers">end it</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((connection) => (
            <Row key={`${connection.sub}/${connection.client_id}`} connection={connection} named={named} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ connection, named }: { readonly connection: ConnectionAnswer; readonly named: boolean }) {
  const { sub, client_id, roles, subprotocol, waiting_bytes, is_slow, updates_left_out, age_s, token_left_s } = connection
  return (
    <tr>
      <th scope="row">{sub}</th>
      <td data-name="client">{client_id}</td>
      <td data-name="roles">{roles.join(', ') || 'none'}</td>
      <td data-name="dialect">{subprotocol}</td>
      <td data-name="subscriptions">{subscriptionsText(connection)}</td>
      <td data-name="waits">
        {bytesText(waiting_bytes)} {is_slow && <strong class="is-lost">▲ slow</strong>}
      </td>
      <td data-name="changes left out">{countText(updates_left_out)}</td>
      <td data-name="connected for">{durationText(age_s)}</td>
      <td data-name="token ends in">{durationText(token_left_s)}</td>
      {named && (
        <td>
          <EndButtons sub={sub} clientId={client_id} />
        </td>
      )}
    </tr>
  )
}

function subscriptionsText({ subscriptions, subscriptions_by_type, collections }: ConnectionAnswer): string {
  const types = Object.entries(subscriptions_by_type).map(([type, count]) => `${type === '*' ? 'of any type' : type} ${countText(count)}`)
  const counted = Object.values(subscriptions_by_type).reduce((sum, count) => sum + count, 0)
  const more = subscriptions > counted ? [`${countText(subscriptions - counted)} more`] : []
  const lists = collections > 0 ? [`${countText(collections)} lists`] : []
  return [...types, ...more, ...lists].join(', ') || 'none'
}

/** Ending a connection asks twice; keeping a user out is a command, as all nodes must learn of it. */
function EndButtons({ sub, clientId }: { readonly sub: string; readonly clientId: string }) {
  const step = useSignal<'none' | 'end' | 'revoke'>('none')
  const end = async (): Promise<void> => {
    step.value = 'none'
    said.value = await ask('connections/disconnect', { sub, client_id: clientId }).then(
      () => `The connection ${clientId} of ${sub} is ended. The client may connect again.`,
      sentenceOf,
    )
    refresh()
  }
  if (step.value === 'revoke')
    return (
      <>
        <p>Voids all tokens of this user, at every node. Run it where the brokers can be reached:</p>
        <Copied text={`sluice revoke --sub ${quoted(sub)}`} />{' '}
        <button type="button" onClick={() => (step.value = 'none')}>
          Back
        </button>
      </>
    )
  if (step.value === 'end')
    return (
      <>
        <button type="button" onClick={() => void end()}>
          Yes, disconnect
        </button>{' '}
        <button type="button" onClick={() => (step.value = 'none')}>
          No
        </button>
      </>
    )
  return (
    <>
      <button type="button" onClick={() => (step.value = 'end')}>
        Disconnect…
      </button>{' '}
      <button type="button" onClick={() => (step.value = 'revoke')}>
        Revoke…
      </button>
    </>
  )
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
