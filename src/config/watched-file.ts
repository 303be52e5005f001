import type { Clock } from '#clock.js'

/** Where notifications miss a change (over a network, say), what it takes away is gone within this time. */
const lookMs = 200
/** A file that is written in place is notified when it is still empty; a write of some kilobytes is over after this time. */
const settleMs = 4
/** Looks in a row at which it cannot be read before that is told: who swaps a file by hand needs less time. */
const missedLooksMax = 2

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

export interface FileListener {
  /** Called with every text that differs from the one before. */
  changed(text: string): void
  /** It cannot be read. Called once for each reason, until it can. */
  unreadable(why: string): void
  /** It can be read again; a text that differs from the one before follows. */
  readable(): void
}

/**
 * A file that is read again when it changes. Its folder is watched rather than the file, so that one that is swapped is seen, be it by a
 * link beside it as Kubernetes does it; and it is looked at now and then all the same. A file that is away for a moment counts as unchanged;
 * one that stays away, or is no file any more, is told of.
 * A folder that has taken the place of the one that is watched is watched from the next look on.
 */
export class WatchedFile {
  private mark: string | undefined
  private cancelLook: () => void = () => undefined
  private cancelSettling: (() => void) | undefined
  private folder: string | undefined
  private unwatch: () => void = () => undefined
  private missedLooks = 0
  /** Why it cannot be read, as it was told. */
  private told: string | undefined

  /** @param text what was read before. */
  constructor(
    private readonly path: string,
    private text: string,
    private readonly files: FileReading,
    private readonly clock: Clock,
    private readonly listener: FileListener,
  ) {
    this.watchFolder()
    this.lookLater()
  }

  /** Reads it now, whatever it looks like; its text is handed on also where it has not changed, and why it cannot be read is told again. */
  lookNow(): void {
    const text = this.textNow()
    if (text instanceof Error) this.tellUnreadable(text)
    else this.adopt(text)
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
      this.noteMissed(this.look())
      this.lookLater()
    })
  }

  /** Answers why it cannot be read. */
  private look(): Error | undefined {
    this.watchFolder()
    const mark = this.markNow()
    const text = mark !== undefined && mark === this.mark ? this.text : this.textNow()
    if (text instanceof Error) return text
    if (text !== this.text || this.told !== undefined) this.adopt(text, text !== this.text)
    return undefined
  }

  private adopt(text: string, isNew = true): void {
    if (this.told !== undefined) this.listener.readable()
    this.told = undefined
    this.text = text
    if (isNew) this.listener.changed(text)
  }

  private noteMissed(missed: Error | undefined): void {
    this.missedLooks = missed === undefined ? 0 : this.missedLooks + 1
    if (missed !== undefined && this.missedLooks >= missedLooksMax && missed.message !== this.told) this.tellUnreadable(missed)
  }

  private tellUnreadable({ message }: Error): void {
    this.told = message
    this.listener.unreadable(message)
  }

  /** A watch stays with the folder that it was made for, wherever that has gone. */
  private watchFolder(): void {
    const folder = resultOf(() => this.files.folderOf(this.path))
    if (folder instanceof Error || folder === this.folder) return
    this.folder = folder
    this.unwatch()
    this.unwatch = this.files.watchFolderOf(this.path, () => this.settle())
  }

  /** Undefined where there is none: why, the reading says. */
  private markNow(): string | undefined {
    const mark = resultOf(() => this.files.markOf(this.path))
    return mark instanceof Error ? undefined : mark
  }

  private textNow(): string | Error {
    const mark = this.markNow()
    const text = resultOf(() => this.files.read(this.path))
    if (!(text instanceof Error)) this.mark = mark
    return text
  }
}

function resultOf(work: () => string): string | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}
