import { bytesText, countText, rateText } from '../amounts.js'
import { latest, rateOf } from './history.js'

interface Stage {
  readonly name: string
  /** What goes on to the next one. */
  readonly rate?: () => string
  readonly facts: () => readonly string[]
}

const some = (figure: string): string => countText(latest(figure) ?? 0)

/** The way of a record, and what is there now. */
const stages: readonly Stage[] = [
  { name: 'Kafka', rate: () => `${rateText(rateOf('records'))} records/s`, facts: () => [`${some('lag')} wait`] },
  { name: 'decode', facts: () => [`${some('bad_records')} bad so far`] },
  { name: 'route', rate: () => `${rateText(rateOf('events_routed'))} events/s`, facts: () => [`${some('subscriptions')} subscriptions`] },
  { name: 'mask', rate: () => `${rateText(rateOf('frames_encoded'))} frames/s`, facts: () => [sharing()] },
  {
    name: 'mailboxes',
    rate: () => `${rateText(rateOf('frames_sent'))} frames/s`,
    facts: () => [`${bytesText(latest('mailbox_bytes') ?? 0)} wait`, `${some('conflated')} left out so far`],
  },
  { name: 'sockets', facts: () => [`${some('connections')} connections`, `${bytesText(latest('socket_bytes') ?? 0)} wait`] },
]

/** A frame is encoded once, for all who may see the same. */
function sharing(): string {
  const [encoded = 0, sent = 0] = [rateOf('frames_encoded'), rateOf('frames_sent')]
  return encoded === 0 ? 'one frame a mask' : `each frame for ${(sent / encoded).toFixed(1)} clients`
}

export function Stages() {
  return (
    <ol class="stages">
      {stages.map(({ name, rate, facts }) => (
        <li key={name}>
          <div>
            <strong>{name}</strong>
            {facts().map((fact, index) => (
              <small key={index}>{fact}</small>
            ))}
          </div>
          {rate !== undefined && <i>{rate()}</i>}
        </li>
      ))}
    </ol>
  )
}
