/**
 * What has arrived, counted for each connection and entity: an update that is lost, doubled or out of order shows, as sequence
 * numbers must rise, and their count and sum must be those of what was fed. Whoever's rights change is told the same version once more,
 * which counts by itself.
 */
export class Account {
  private counts = new Uint32Array(0)
  private sums = new Float64Array(0)
  private newest = new Float64Array(0)
  private repeats = new Uint32Array(0)
  private disordered = 0
  private foreign = 0
  private slots = 0

  /** A place for each entity of one connection. Answers the first. */
  reserve(entities: number): number {
    const first = this.slots
    this.slots += entities
    return first
  }

  /** Forgets what has been counted, and not what is the newest: numbers rise throughout. */
  begin(): void {
    const { newest } = this
    this.counts = new Uint32Array(this.slots)
    this.sums = new Float64Array(this.slots)
    this.newest = new Float64Array(this.slots)
    this.newest.set(newest)
    this.repeats = new Uint32Array(this.slots)
    this.disordered = this.foreign = 0
  }

  /** Answers whether it is another version than the one before. */
  note(slot: number, sequence: number): boolean {
    if (sequence === this.newest[slot]!) {
      this.repeats[slot]!++
      return false
    }
    this.noteVersion(slot, sequence)
    return true
  }

  /** A snapshot, which may tell the version that is known. */
  noteVersion(slot: number, sequence: number): void {
    this.counts[slot]!++
    this.sums[slot]! += sequence
    if (sequence < this.newest[slot]!) this.disordered++
    this.newest[slot] = sequence
  }

  /** Of an entity that the connection has not subscribed to. */
  noteForeign(): void {
    this.foreign++
  }

  result() {
    const { counts, sums, repeats, disordered, foreign } = this
    return { counts, sums, repeats, disordered, foreign }
  }
}
