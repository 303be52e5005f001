import type { Log } from '#log.js'

/** Keeps what is logged, as one text for each line. */
export class SilentLog implements Log {
  readonly lines: string[] = []
  readonly debug = this.keep('debug')
  readonly info = this.keep('info')
  readonly warn = this.keep('warn')
  readonly error = this.keep('error')

  private keep(level: string) {
    return (fields: Record<string, unknown>, message: string) => void this.lines.push(JSON.stringify({ level, ...fields, message }))
  }
}
