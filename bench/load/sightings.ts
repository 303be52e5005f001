/** In which deliveries a text stands, of all that arrive. */
export class Sightings {
  private text: string | null = null
  /** When the last one arrived, on `monotonicMs`; 0 where there was none. */
  private lastMs = 0
  private readonly byRole = new Map<string, number>()

  /** From here on. */
  watchFor(text: string): void {
    this.text = text
    this.lastMs = 0
    this.byRole.clear()
  }

  look(role: string, chunk: Buffer, start: number, end: number, nowMs: number): void {
    if (this.text === null) return
    const at = chunk.indexOf(this.text, start, 'latin1')
    if (at === -1 || at >= end) return
    this.lastMs = nowMs
    this.byRole.set(role, (this.byRole.get(role) ?? 0) + 1)
  }

  result(): Sighted {
    return { lastMs: this.lastMs, byRole: new Map(this.byRole) }
  }
}

export interface Sighted {
  readonly lastMs: number
  /** How many deliveries to clients of each role. */
  readonly byRole: ReadonlyMap<string, number>
}
