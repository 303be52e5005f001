import { BadRecordError } from '#errors.js'
import type { TagEntry } from './tag-paths.js'

/** Limits the memory of a schema's tags: a leaf under many tags, or many leaves under a few. Hand-written schemas have some dozens. */
const taggedLeavesMax = 200_000

/** The tags around a place, from the inside out. All places inside share the chain, as a copy for each field would multiply. */
export interface TagChain {
  readonly tags: readonly string[]
  /** Set where the tags stand beside the schema. */
  readonly entry?: TagEntry
  readonly outer: TagChain | undefined
}

export function tagged(outer: TagChain | undefined, tags: readonly string[] | undefined): TagChain | undefined {
  return tags === undefined || tags.length === 0 ? outer : { tags, outer }
}

/** The leaves under each tag. */
export class LeafTags {
  readonly leaves = new Map<string, Set<number>>()
  /** Entries beside the schema that have met a leaf. */
  readonly met = new Set<TagEntry>()
  private count = 0

  /** @throws BadRecordError `schema_invalid` where there are too many. */
  add(leaf: number, chain: TagChain | undefined): void {
    for (let at = chain; at !== undefined; at = at.outer) {
      if (at.entry !== undefined) this.met.add(at.entry)
      this.count += at.tags.length
      if (this.count > taggedLeavesMax) throw new BadRecordError('schema_invalid', `more than ${taggedLeavesMax} tags on its leaves`)
      for (const tag of at.tags) this.under(tag).add(leaf)
    }
  }

  private under(tag: string): Set<number> {
    const known = this.leaves.get(tag)
    if (known !== undefined) return known
    const leaves = new Set<number>()
    this.leaves.set(tag, leaves)
    return leaves
  }
}
