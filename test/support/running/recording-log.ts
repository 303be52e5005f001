import type { Log } from '#log.js'

export interface LoggedLine {
  readonly level: keyof Log
  readonly fields: Record<string, unknown>
  readonly message: string
}

/** A log that keeps its lines for the test to read. */
export function recordingLog(lines: LoggedLine[] = []): Log {
  const write = (level: keyof Log) => (fields: Record<string, unknown>, message: string) => void lines.push({ level, fields, message })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
