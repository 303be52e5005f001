import type { Clock } from '../clock.js'

/** Where notifications miss a change (over a network, say), what it takes away is gone within this time. */
const lookMs = 200
/** A file that is written in place is notified when it is still empty; a write of some kilobytes is over after this time. */
const settleMs = 4

export interface FileReading {
  /** Something that differs when the file may have changed. @throws Error where there is no such file. */
  markOf(path: string): string
  /** @throws Error */
  read(path: string): string
  /** Calls when something in the file's folder changes, where the system says so. Returns what ends that. */
  watchFolderOf(path: string, changed: () => void): () => void
}

/**
 * A file that is read again when it changes. Its folder is watched rather than the file, so that one that is swapped is seen, be it by a
 * link beside it as Kubernetes does it; and it is looked at now and then all the same. A file that is away for a moment counts as unchanged.
 */
export class WatchedFile {
  private mark: string | undefined
  private cancelLook: () => void = () => undefined
  private cancelSettling: (() => void) | undefined
  private readonly unwatch: () => void

  /** `changed` is called with every text that differs from the one before, the first of which is `text`. */
  constructor(
    private readonly path: string,
    private text: string,
    private readonly files: FileReading,
    private readonly clock: Clock,
    private readonly changed: (text: string) => void,
  ) {
    this.unwatch = files.watchFolderOf(path, () => this.settle())
    this.lookLater()
  }

  /** Reads it now, whatever it looks like. */
  lookNow(): void {
    this.mark = undefined
    this.look()
  }

  stop(): void {
    this.unwatch()
    this.cancelSettling?.()
    this.cancelLook()
  }

  private settle(): void {
    this.cancelSettling ??= this.clock.after(settleMs, () => {
      this.cancelSettling = undefined
      this.look()
    })
  }

  private lookLater(): void {
    this.cancelLook = this.clock.after(lookMs, () => {
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
