import type { Link, LinkEvent, LinkEventType, Moment, Step } from './link.js'
import { ask, end, fail, giveUp, goStale, lose, open, pause, rest, sooner, stay, stayAway } from './link-moves.js'
import { despair, enter, heard, move, ping, refused, renew, renewBy, renewed, renewLater, renewSoon, replace } from './live-moves.js'

type Cell<E extends LinkEventType> = (link: Link, event: LinkEvent<E>, moment: Moment) => Step
/** A cell for each phase, in the order of `linkPhases`. */
type Row<E extends LinkEventType> = readonly [Cell<E>, Cell<E>, Cell<E>, Cell<E>, Cell<E>, Cell<E>, Cell<E>]

/** What the link does, by event and phase. Pure, and complete by its type. */
// prettier-ignore
export const linkTable: { readonly [E in LinkEventType]: Row<E> } = {
  //                 idle   asking    opening   live        waiting  paused  closed
  wanted:          [ ask,   stay,     stay,     stay,       stay,    stay,   stay ],
  unwanted:        [ stay,  rest,     rest,     rest,       rest,    rest,   stay ],
  close:           [ end,   end,      end,      end,        end,     end,    stay ],
  token:           [ stay,  open,     stay,     renewBy,    stay,    stay,   stay ],
  failed:          [ stay,  fail,     fail,     renewLater, stay,    stay,   stay ],
  established:     [ stay,  stay,     enter,    stay,       stay,    stay,   stay ],
  heard:           [ stay,  stay,     stay,     heard,      stay,    stay,   stay ],
  ended:           [ stay,  stay,     lose,     lose,       stay,    stay,   stay ],
  broken:          [ stay,  stay,     giveUp,   giveUp,     stay,    stay,   stay ],
  hide:            [ stay,  pause,    pause,    pause,      pause,   stay,   stay ],
  show:            [ stay,  stay,     stay,     ping,       sooner,  ask,    stay ],
  online:          [ stay,  stay,     stay,     ping,       sooner,  stay,   stay ],
  doubt:           [ stay,  stay,     stay,     ping,       stay,    stay,   stay ],
  move:            [ stay,  stay,     stay,     move,       stay,    stay,   stay ],
  stay_away:       [ stay,  stay,     stayAway, stayAway,   stay,    stay,   stay ],
  expiring:        [ stay,  stay,     stay,     renewSoon,  stay,    stay,   stay ],
  authenticated:   [ stay,  stay,     stay,     renewed,    stay,    stay,   stay ],
  unauthenticated: [ stay,  stay,     stay,     refused,    stay,    stay,   stay ],
  // Alarms, each of which rings only in the phases that set it.
  stale:           [ stay,  goStale,  goStale,  stay,       stay,    stay,   stay ],
  answer:          [ stay,  stay,     giveUp,   despair,    stay,    stay,   stay ],
  silence:         [ stay,  stay,     stay,     ping,       stay,    stay,   stay ],
  renew:           [ stay,  stay,     stay,     renew,      stay,    stay,   stay ],
  leave:           [ stay,  stay,     stay,     replace,    stay,    stay,   stay ],
  retry:           [ stay,  stay,     stay,     stay,       ask,     stay,   stay ],
}
