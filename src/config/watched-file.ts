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
  /** Something that differs when the file's folder is another one. @throws Error where there is none. */
  folderOf(path: string): string
  /** Calls when something in the file's folder changes, where the system says so. Returns what ends that. */
  watchFolderOf(path: string, changed: () => void): () => void
}

/**
 * A file that is read again when it changes. Its folder is watched rather than the file, so that one that is swapped is seen, be it by a
 * link beside it as Kubernetes does it; and it is looked at now and then all the same. A file that is away for a moment counts as unchanged.
 * A folder that has taken the place of the one that is watched is watched from the next look on.
 */
export class WatchedFile {
  private mark: string | undefined
  private cancelLook: () => void = () => undefined
  private cancelSettling: (() => void) | undefined
  private folder: string | undefined
  private unwatch: () => void = () => undefined

  /** `changed` is called with every text that differs from the one before, the first of which is `text`; and with any by `lookNow`. */
  constructor(
    private readonly path: string,
    private text: string,
    private readonly files: FileReading,
    private readonly clock: Clock,
    private readonly changed: (text: string) => void,
  ) {
    this.watchFolder()
    this.lookLater()
  }

  /** Reads it now, whatever it looks like, and hands its text on also where it has not changed. Answers why it cannot be read. */
  lookNow(): Error | undefined {
    const text = this.textNow()
    if (text instanceof Error) return text
    this.text = text
    this.changed(text)
    return undefined
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
    this.watchFolder()
    const text = this.readIfChanged()
    if (text === undefined || text === this.text) return
    this.text = text
    this.changed(text)
  }

  /** A watch stays with the folder that it was made for, wherever that has gone. */
  private watchFolder(): void {
    const folder = resultOf(() => this.files.folderOf(this.path))
    if (folder instanceof Error || folder === this.folder) return
    this.folder = folder
    this.unwatch()
    this.unwatch = this.files.watchFolderOf(this.path, () => this.settle())
  }

  private readIfChanged(): string | undefined {
    const text = resultOf(() => (this.files.markOf(this.path) === this.mark ? this.text : this.textNow()))
    return text instanceof Error ? undefined : text
  }

  private textNow(): string | Error {
    return resultOf(() => {
      const mark = this.files.markOf(this.path)
      const text = this.files.read(this.path)
      this.mark = mark
      return text
    })
  }
}

function resultOf(work: () => string | Error): string | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}
