/** What the server knows of a subscription, in the order of the columns below. */
export const channelPhases = ['away', 'asked', 'live', 'resting', 'gone'] as const
export type ChannelPhase = (typeof channelPhases)[number]

/**
 * `up`, `down`: there is a link, or none. `changed`: its subscribers wish something else. `sent`, `granted`: it was asked for, and stands.
 * `cut_short`: only a plain one may stand. `postponed`: not now, and `rested`, when that is over. `refused`: never. `barred`: rights that
 * were there are gone. `left`: by its last subscriber. `over`: the client is closed.
 */
export type ChannelEvent =
  'up' | 'down' | 'changed' | 'sent' | 'granted' | 'cut_short' | 'postponed' | 'rested' | 'refused' | 'barred' | 'left' | 'over'

/**
 * `queue`: to be asked for. `begin`: subscribers may rely on it. `rest`: for a while. `empty`: nothing of it may be shown. `unask`: the server
 * is told. `fail`: its subscribers are.
 */
export type ChannelEffect = 'queue' | 'plain' | 'begin' | 'rest' | 'empty' | 'unask' | 'fail' | 'remove'

type Cell = readonly [ChannelPhase, ...ChannelEffect[]]
type Row = readonly [Cell, Cell, Cell, Cell, Cell]

const away: Cell = ['away']
const asked: Cell = ['asked']
const live: Cell = ['live']
const resting: Cell = ['resting']
const gone: Cell = ['gone']
const queued: Cell = ['away', 'queue']
const askedAgain: Cell = ['asked', 'queue']
const liveAgain: Cell = ['live', 'queue']
const begun: Cell = ['live', 'begin']
const plain: Cell = ['away', 'plain', 'queue']
const later: Cell = ['resting', 'rest']
const barred: Cell = ['resting', 'empty', 'rest']
const failed: Cell = ['gone', 'remove', 'fail']
const left: Cell = ['gone', 'remove']
const unasked: Cell = ['gone', 'unask', 'remove']

/** What becomes of a subscription, by event and phase. Pure, and complete by its type. */
// prettier-ignore
export const channelTable: { readonly [E in ChannelEvent]: Row } = {
  //           away    asked       live       resting  gone
  up:        [ queued, asked,      live,      queued,  gone ],
  down:      [ away,   away,       away,      away,    gone ],
  changed:   [ away,   askedAgain, liveAgain, resting, gone ],
  sent:      [ asked,  asked,      asked,     asked,   gone ],
  granted:   [ away,   begun,      live,      resting, gone ],
  cut_short: [ away,   plain,      live,      resting, gone ],
  postponed: [ away,   later,      live,      resting, gone ],
  rested:    [ away,   asked,      live,      queued,  gone ],
  refused:   [ away,   failed,     live,      resting, gone ],
  barred:    [ away,   barred,     live,      resting, gone ],
  left:      [ left,   unasked,    unasked,   unasked, gone ],
  over:      [ failed, failed,     failed,    failed,  gone ],
}
