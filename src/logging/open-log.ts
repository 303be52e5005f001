import { pino } from 'pino'
import type { Clock } from '#clock.js'
import type { Log } from '#log.js'
import { LogOutput } from './log-output.js'
import { Redaction } from '#text/redaction.js'
import { standardOutput } from './standard-output.js'

/** A log, and its lines that are on their way to the standard output. */
export interface OpenLog {
  readonly log: Log
  readonly output: LogOutput
}

/**
 * pino's own output tries a full disk again and again, and nothing else happens meanwhile: so it is given one that never waits.
 * Whatever is logged and by whom, each line is freed of secrets as it leaves.
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
