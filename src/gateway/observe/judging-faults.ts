import type { Clock } from '#clock.js'
import { LinePace } from '#logging/line-pace.js'
import type { Log } from '#log.js'
import { type JudgingFault, Meter } from './meter.js'

/** Told of a fault of ours that was met while it was judged who may see what. Never throws. */
export type NoteFault = (at: JudgingFault, entityType: string, error: unknown) => void

/** One user's claims may bring about the same fault with each event: so many a minute are logged, all are counted. */
const logsPerMinuteMax = 20

const messages: Readonly<Record<JudgingFault, string>> = {
  rights: "A user's rights could not be worked out: nothing is shown to this user.",
  index: "A user's rights could not be looked up by what they ask for: they are judged with each event.",
  mask: 'What some users may see of an event could not be decided: it is not shown to them.',
  frame: 'An update could not be written: those who would have seen this much of the event miss it.',
}

/**
 * Counts and logs what is thrown where one user's rights are judged. It concerns that user alone: nothing is shown, which is safe, and the
 * others get theirs.
 */
export class JudgingFaults {
  private readonly pace: LinePace

  constructor(
    private readonly meter: Meter,
    private readonly log: Log,
    clock: Clock,
  ) {
    this.pace = new LinePace(logsPerMinuteMax, clock)
  }

  readonly note: NoteFault = (at, entityType, error) => {
    Meter.count(this.meter.judgingFaults, at)
    if (this.pace.next() !== 'log') return
    try {
      this.log.error({ at, entity_type: entityType, thrown: thrownBy(error) }, messages[at])
    } catch {
      // It is counted, and a log that fails must not make one user's fault everybody's.
    }
  }
}

/** Where it was thrown. Not its message, which may quote a claim or an event's value. */
function thrownBy(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
  return [error.name, ...frames.slice(0, 5).map((line) => line.trim())].join(' ')
}
