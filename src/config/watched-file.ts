import type { Clock } from '../clock.js'

/** Looking costs some microseconds; what a change takes away is gone within this time. */
const lookMs = 20

export interface FileReading {
  /** Something that differs when the file may have changed. @throws Error where there is no such file. */
  markOf(path: string): string
  /** @throws Error */
  read(path: string): string
}

/**
 * A file that is read again when it changes. It is looked at in short intervals: notifications miss what comes by a swapped link,
 * as Kubernetes does it, or over a network. A file that is away for a moment counts as unchanged.
 */
export class WatchedFile {
  private mark: string | undefined
  private cancel: () => void = () => undefined

  /** `changed` is called with every text that differs from the one before, the first of which is `text`. */
  constructor(
    private readonly path: string,
    private text: string,
    private readonly files: FileReading,
    private readonly clock: Clock,
    private readonly changed: (text: string) => void,
  ) {
    this.lookLater()
  }

  /** Reads it now, whatever it looks like. */
  lookNow(): void {
    this.mark = undefined
    this.look()
  }

  stop(): void {
    this.cancel()
  }

  private lookLater(): void {
    this.cancel = this.clock.after(lookMs, () => {
      this.look()
      this.lookLater()
    })
  }

  private look(): void {
    const text = this.readIfChanged()
    if (text === undefined || text === this.text) return
    this.text = text
    this.changed(text)
  }

  private readIfChanged(): string | undefined {
    try {
      const mark = this.files.markOf(this.path)
      if (mark === this.mark) return undefined
      const text = this.files.read(this.path)
      this.mark = mark
      return text
    } catch {
      return undefined
    }
  }
}
