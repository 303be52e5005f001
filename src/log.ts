type Write = (fields: Record<string, unknown>, message: string) => void

/** What the rest of the code may log with: fields first, then one sentence. Never a token, never a record's value. */
export interface Log {
  debug: Write
  info: Write
  warn: Write
  error: Write
}
