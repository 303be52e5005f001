/** What the server knows of a subscription, in the order of the columns below. */
export const channelPhases = ['away', 'asked', 'live', 'resting', 'gone'] as const
export type ChannelPhase = (typeof channelPhases)[number]

export type ChannelEvent =
  /** There is a link, or one with other rights; or none. */
  | 'up'
  | 'down'
  /** Its subscribers wish something else. */
  | 'changed'
  /** It was asked for, and stands. */
  | 'sent'
  | 'granted'
  /** Only a plain one may stand, without what was before. */
  | 'cut_short'
  /** Not now; and when that is over. */
  | 'postponed'
  | 'rested'
  /** And nobody awaits that this changes. */
  | 'refused'
  /** The last subscriber is gone. */
  | 'left'
  /** The client is closed. */
  | 'over'

/**
 * `queue`: to be asked for. `begin`: subscribers may rely on it. `rest`: for a while. `unask`: the server is told. `remove`: nobody knows it any
 * more. `fail`: its subscribers are told.
 */
export type ChannelEffect = 'queue' | 'plain' | 'begin' | 'rest' | 'unask' | 'remove' | 'fail'

type Cell = readonly [ChannelPhase, ...ChannelEffect[]]
type Row = readonly [Cell, Cell, Cell, Cell, Cell]

const away: Cell = ['away']
const asked: Cell = ['asked']
const live: Cell = ['live']
const resting: Cell = ['resting']
const gone: Cell = ['gone']
const queued: Cell = ['away', 'queue']
const askAgain: Cell = ['asked', 'queue']
const liveAgain: Cell = ['live', 'queue']
const begun: Cell = ['live', 'begin']
const plain: Cell = ['away', 'plain', 'queue']
const rest: Cell = ['resting', 'rest']
const failed: Cell = ['gone', 'remove', 'fail']
const left: Cell = ['gone', 'remove']
const unasked: Cell = ['gone', 'unask', 'remove']

/** What becomes of a subscription, by event and phase. Pure, and complete by its type. */
// prettier-ignore
export const channelTable: { readonly [E in ChannelEvent]: Row } = {
  //           away    asked     live       resting  gone
  up:        [ queued, asked,    live,      queued,  gone ],
  down:      [ away,   away,     away,      away,    gone ],
  changed:   [ away,   askAgain, liveAgain, resting, gone ],
  sent:      [ asked,  asked,    asked,     asked,   gone ],
  granted:   [ away,   begun,    live,      resting, gone ],
  cut_short: [ away,   plain,    live,      resting, gone ],
  postponed: [ away,   rest,     rest,      resting, gone ],
  rested:    [ away,   asked,    live,      queued,  gone ],
  refused:   [ away,   left,     live,      resting, gone ],
  left:      [ left,   unasked,  unasked,   unasked, gone ],
  over:      [ failed, failed,   failed,    failed,  gone ],
}
