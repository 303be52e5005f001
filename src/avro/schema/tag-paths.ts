/** Tags beside a schema, under a path that leads to what carries them. */
export interface TagEntry {
  /** As it is written. */
  readonly path: string
  readonly tags: readonly string[]
}

/** Where a walk through the schema stands among the paths: at the ends of all their beginnings that lead here. */
export type TagWalk = readonly TagStep[]

class TagStep {
  readonly next = new Map<string, TagStep>()
  readonly entries: TagEntry[] = []

  constructor(readonly isAnySteps: boolean) {}

  /** After it and no further step, as `**` may be none. */
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

/** The paths of one `metadata.tags`, as one tree: a walk costs what it meets, however many paths there are. */
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

  /** Before the first step. */
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

/** Entries whose path ends where the walk has come to, and had not before. */
export function entriesMet(walk: TagWalk, before: TagWalk): TagEntry[] {
  if (walk === before) return []
  const known = new Set(before)
  return walk.flatMap((step) => (known.has(step) ? [] : step.entries))
}
