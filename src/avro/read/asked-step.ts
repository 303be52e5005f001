import { pathValuesMax } from '../entity-schema.js'

/**
 * A step of the paths that conditions ask for, with the steps below it, and what is known there of the event that is being read. A path
 * with an unknown value, or with too many values, is undecided for this event as a whole.
 */
export class AskedStep {
  private readonly below = new Map<string, AskedStep>()
  private readonly steps: AskedStep[] = []
  /** The path that ends here, where one is asked for. */
  private path: string | undefined
  private values = 0
  private isUnknown = false
  /** The number of paths that end here or below. */
  private asked = 0
  /** The number of these paths that are unknown. */
  private unknown = 0

  private constructor(private readonly above: AskedStep | undefined) {}

  /** The root of the steps of all paths: the record. */
  static of(paths: readonly string[]): AskedStep {
    const root = new AskedStep(undefined)
    for (const path of new Set(paths)) root.add(path, path.split('.'))
    return root
  }

  next(name: string): AskedStep | undefined {
    return this.below.get(name)
  }

  /** Begins an event of which nothing has been read. */
  begin(): void {
    this.values = 0
    this.unknown = 0
    this.isUnknown = false
    for (let i = 0; i < this.steps.length; i++) this.steps[i]!.begin()
  }

  /** Whether some path here or below is not unknown yet. */
  get isWanted(): boolean {
    return this.unknown < this.asked
  }

  /** Counts further values here. */
  count(more: number): void {
    if ((this.values += more) > pathValuesMax) this.markUnknown()
  }

  /** The value here is unknown, and so are all below it. */
  leaveUnknown(): void {
    this.markUnknown()
    for (const step of this.steps) step.leaveUnknown()
  }

  noteUnknown(paths: Set<string>): void {
    if (this.unknown === 0) return
    if (this.isUnknown) paths.add(this.path!)
    for (const step of this.steps) step.noteUnknown(paths)
  }

  private add(path: string, [name, ...rest]: readonly string[]): void {
    this.asked++
    if (name === undefined) {
      this.path = path
      return
    }
    let step = this.below.get(name)
    if (step === undefined) {
      this.below.set(name, (step = new AskedStep(this)))
      this.steps.push(step)
    }
    step.add(path, rest)
  }

  private markUnknown(): void {
    if (this.path === undefined || this.isUnknown) return
    this.isUnknown = true
    this.addUnknown()
  }

  private addUnknown(): void {
    this.unknown++
    this.above?.addUnknown()
  }
}
