import type { Clock } from '#clock.js'

/** How often the file is looked at, in milliseconds: a right that was taken away ends within this time where no notification comes. */
const lookMs = 200
/** A notification may come while a file that is written in place is still empty. A write of some kilobytes is over after this time. */
const settleMs = 4
/** How many failed looks in a row are told of: swapping a file by hand takes less time. */
const missedLooksMax = 2

export interface FileReading {
  /** A text that differs when the file may have changed. @throws Error where there is no such file. */
  markOf(path: string): string
  /** @throws Error */
  read(path: string): string
  /** A text that differs when another folder stands at the place of the file's folder. @throws Error where there is none. */
  folderOf(path: string): string
  /** Calls `changed` for changes in the file's folder, where the system notifies of them. Returns a function that ends it. */
  watchFolderOf(path: string, changed: () => void): () => void
}

export interface FileListener {
  /** Called with every text that differs from the one before. */
  changed(text: string): void
  /** Called when the file cannot be read, once for each reason. */
  unreadable(why: string): void
  /** Called when the file can be read again. `changed` follows where its text differs from the last one. */
  readable(): void
}

/**
 * A file that is read again when it changes. Its folder is watched and not the file itself, so that a swap is noticed too, even by a link
 * beside it, as Kubernetes does it. The file is also looked at in intervals, as notifications may be missing. A file that is missing for a
 * moment counts as unchanged, one that stays missing or becomes unreadable is told of. When another folder takes the place of the watched
 * one, it is watched from the next look on.
 */
export class WatchedFile {
  private mark: string | undefined
  private cancelLook: () => void = () => undefined
  private cancelSettling: (() => void) | undefined
  private folder: string | undefined
  private unwatch: () => void = () => undefined
  private missedLooks = 0
  /** The last reason that was told for why the file cannot be read; undefined while it can. */
  private told: string | undefined

  /** @param text the file's last known text. */
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

  /** Reads the file now and tells the outcome in any case, even where neither its text nor the reason of a failure is new. */
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

  /** Answers why the file cannot be read; undefined where it can. */
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

  /** Watches the folder anew where another one has taken its place, as a watch stays with its own folder even when that is moved. */
  private watchFolder(): void {
    const folder = resultOrError(() => this.files.folderOf(this.path))
    if (folder instanceof Error || folder === this.folder) return
    this.folder = folder
    this.unwatch()
    this.unwatch = this.files.watchFolderOf(this.path, () => this.settle())
  }

  /** Undefined where the file cannot be looked at. Reading it fails too then, and says why. */
  private markNow(): string | undefined {
    const mark = resultOrError(() => this.files.markOf(this.path))
    return mark instanceof Error ? undefined : mark
  }

  private textNow(): string | Error {
    const mark = this.markNow()
    const text = resultOrError(() => this.files.read(this.path))
    if (!(text instanceof Error)) this.mark = mark
    return text
  }
}

function resultOrError(work: () => string): string | Error {
  try {
    return work()
  } catch (error) {
    return error as Error
  }
}
