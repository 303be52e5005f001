import { pino } from 'pino'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { LogOutput } from './log-output.js'
import { Redaction } from '#text/redaction.js'
import { standardOutput } from './standard-output.js'

/** A log, and the output in which its lines wait for the standard output. */
export interface OpenLog {
  readonly log: Log
  readonly output: LogOutput
}

/**
 * pino gets an output that never waits, as its own one tries a full disk again and again while nothing else happens. Secrets are removed
 * from each line as it leaves, so no caller has to think of that.
 */
export function openLog(level: string, clock: Clock, redaction = new Redaction([])): OpenLog {
  const output = new LogOutput(standardOutput(), clock, (lines) =>
    log.error({ lines }, 'Lines of the log were lost here: it could not be written.'),
  )
  const log = newLog(level, redaction, (line) => output.write(line))
  return { log, output }
}

export function newLog(level: string, redaction: Redaction, write: (line: string) => void): Log {
  return pino({ level, base: null }, { write: (line: string) => write(redaction.line(line)) })
}
