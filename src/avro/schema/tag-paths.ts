/** Tags beside a schema, with the path to the fields that carry them. */
export interface TagEntry {
  /** The path as it is written. */
  readonly path: string
  readonly tags: readonly string[]
}

/** The state of a walk through the schema: the steps of all paths whose beginning has led here. */
export type TagWalk = readonly TagStep[]

class TagStep {
  readonly next = new Map<string, TagStep>()
  readonly entries: TagEntry[] = []

  constructor(readonly isAnySteps: boolean) {}

  /** The step itself, and those reached without a further name, as `**` may stand for none. */
  *here(): Iterable<TagStep> {
    yield this
    const any = this.next.get('**')
    if (any !== undefined) yield* any.here()
  }

  *after(name: string): Iterable<TagStep> {
    if (this.isAnySteps) yield* this.here()
    for (const next of [this.next.get(name), this.next.get('*')]) if (next !== undefined) yield* next.here()
  }
}

/** The paths of one `metadata.tags`, as one tree: a walk costs only what it meets, however many paths there are. */
export class TagPaths {
  private readonly top = new TagStep(false)

  add(steps: readonly string[], entry: TagEntry): void {
    let at = this.top
    for (const step of steps) {
      const next: TagStep = at.next.get(step) ?? new TagStep(step === '**')
      at.next.set(step, next)
      at = next
    }
    at.entries.push(entry)
  }

  /** The state before the first step. */
  start(): TagWalk {
    return [...new Set(this.top.here())]
  }
}

export function steppedInto(walk: TagWalk, name: string): TagWalk {
  return walk.length === 0 ? walk : [...new Set(walk.flatMap((step) => [...step.after(name)]))]
}

export function joined(one: TagWalk, other: TagWalk): TagWalk {
  return other.length === 0 ? one : [...new Set([...one, ...other])]
}

/** The entries whose path ends where the walk is now, and did not end there before. */
export function entriesMet(walk: TagWalk, before: TagWalk): TagEntry[] {
  if (walk === before) return []
  const known = new Set(before)
  return walk.flatMap((step) => (known.has(step) ? [] : step.entries))
}
