import type { Link, LinkEventOf, LinkEventType, LinkIn, LinkPhase, Moment, Step } from './link.js'
import { ask, askIfDue, end, enter, fail, giveUp, goStale, keepOut, lose, open, pause, rest, sooner, turnAway } from './link-moves.js'
import { answered, heard, look, move, ping, refused, renew, renewLater, renewSoon, stayAway } from './live-moves.js'

type Cell<P extends LinkPhase, E extends LinkEventType> = (link: LinkIn<P>, event: LinkEventOf<E>, moment: Moment) => Step
/** A cell for each phase, in the order of `linkPhases`. */
type Row<E extends LinkEventType> = readonly [
  ...[Cell<'idle', E>, Cell<'asking', E>, Cell<'opening', E>, Cell<'live', E>, Cell<'waiting', E>, Cell<'paused', E>, Cell<'closed', E>],
]

const stay = (link: Link): Step => [link]

/** What the link does, by event and phase. Pure, and complete by its type. */
// prettier-ignore
export const linkTable: { readonly [E in LinkEventType]: Row<E> } = {
  //                 idle   asking       opening   live         waiting      paused closed
  wanted:          [ ask,   stay,        stay,     stay,        stay,        stay,  stay ],
  unwanted:        [ stay,  rest,        rest,     rest,        rest,        rest,  stay ],
  close:           [ end,   end,         end,      end,         end,         end,   stay ],
  token:           [ stay,  open,        stay,     renew,       stay,        stay,  stay ],
  failed:          [ stay,  fail,        fail,     renewLater,  stay,        stay,  stay ],
  established:     [ stay,  stay,        enter,    stay,        stay,        stay,  stay ],
  heard:           [ stay,  stay,        stay,     heard,       stay,        stay,  stay ],
  ended:           [ stay,  stay,        lose,     lose,        stay,        stay,  stay ],
  broken:          [ stay,  stay,        giveUp,   giveUp,      stay,        stay,  stay ],
  timer:           [ stay,  goStale,     turnAway, look,        askIfDue,    stay,  stay ],
  hide:            [ stay,  pause,       pause,    pause,       pause,       stay,  stay ],
  show:            [ stay,  stay,        stay,     ping,        sooner,      ask,   stay ],
  online:          [ stay,  stay,        stay,     ping,        sooner,      stay,  stay ],
  offline:         [ stay,  stay,        stay,     ping,        stay,        stay,  stay ],
  move:            [ stay,  stay,        stay,     move,        stay,        stay,  stay ],
  stay_away:       [ stay,  stay,        keepOut,  stayAway,    stay,        stay,  stay ],
  expiring:        [ stay,  stay,        stay,     renewSoon,   stay,        stay,  stay ],
  authenticated:   [ stay,  stay,        stay,     answered,    stay,        stay,  stay ],
  unauthenticated: [ stay,  stay,        stay,     refused,     stay,        stay,  stay ],
}
