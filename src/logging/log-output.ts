import type { Clock } from '#clock.js'

/** The way of text out of the process. */
export interface Output {
  /** Returns at once. `done` is called with the number of bytes that were written, which may not be all, or with the failure. */
  write(bytes: Buffer, done: (failure: Error | null | undefined, written: number) => void): void
  /** Writes as much as goes without waiting, at the end of the process. Never throws. */
  writeLast(bytes: Buffer): void
}

/** Some thousand lines: enough for a reader that pauses, and little beside the process's other memory. */
const waitingBytesMax = 1024 * 1024

/** Twice what a pipe holds, so that a burst leaves in few writes. */
const writeBytesMax = 128 * 1024

/** The time between two tries to write to a full disk or to a pipe that nobody empties. A failing write costs some microseconds. */
const retryMs = 100

/**
 * Lines on their way out. A full disk and a reader that has stopped or gone must never hold up the process, so lines wait up to a limit,
 * and beyond it they are lost and counted. The loss is logged at the place where the lines are missing.
 */
export class LogOutput {
  /** Lines that never left, since the start. */
  lost = 0
  private waiting: string[] = []
  private waitingBytes = 0
  /** The bytes of the lines being written that have not left yet. */
  private leaving: Buffer | undefined
  private isWriting = false
  private lostHere = 0
  private emptied: (() => void)[] = []

  /** `tellLoss` logs how many lines are missing. */
  constructor(
    private readonly output: Output,
    private readonly clock: Clock,
    private readonly tellLoss: (lines: number) => void,
  ) {}

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    // After the first lost line, all are lost until half of the room is free again, so that there is one gap and not many.
    if (this.lostHere > 0 || this.waitingBytes + bytes > waitingBytesMax) {
      this.lost++
      this.lostHere++
      return
    }
    this.waiting.push(line)
    this.waitingBytes += bytes
    if (!this.isWriting) this.writeNext()
  }

  /** Resolves when all lines have left, or at the time limit, as a full disk must not keep the process from ending either. */
  async flush(limitMs: number): Promise<void> {
    if (!this.isWriting) return
    await new Promise<void>((resolve) => {
      this.emptied.push(this.clock.after(limitMs, resolve), resolve)
    })
  }

  /** Writes the waiting lines when the process ends by a fault and cannot wait any more. */
  writeLast(): void {
    const rest = this.waiting.join('')
    this.waiting = []
    if (rest !== '') this.output.writeLast(Buffer.from(rest))
  }

  private writeNext(): void {
    this.leaving ??= this.nextPortion()
    if (this.leaving === undefined) return this.allHasLeft()
    this.isWriting = true
    const bytes = this.leaving
    this.output.write(bytes, (failure, written) => {
      if (failure) return void this.clock.after(retryMs, () => this.writeNext())
      this.leaving = written < bytes.length ? bytes.subarray(written) : undefined
      this.waitingBytes -= written
      if (this.lostHere > 0 && this.waitingBytes <= waitingBytesMax / 2) this.endGap()
      this.writeNext()
    })
  }

  private nextPortion(): Buffer | undefined {
    let [count, bytes] = [0, 0]
    while (count < this.waiting.length && bytes < writeBytesMax) bytes += Buffer.byteLength(this.waiting[count++]!)
    return count === 0 ? undefined : Buffer.from(this.waiting.splice(0, count).join(''))
  }

  private endGap(): void {
    const lines = this.lostHere
    this.lostHere = 0
    this.tellLoss(lines)
  }

  private allHasLeft(): void {
    this.isWriting = false
    for (const tell of this.emptied.splice(0)) tell()
  }
}
