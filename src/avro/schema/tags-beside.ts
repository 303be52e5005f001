import type { SchemaSource } from './schema-source.js'
import { type TagEntry, TagPaths } from './tag-paths.js'

/** The `metadata.tags` of one version. */
export interface TagSource {
  readonly paths: TagPaths
  /** The name of the record at the version's root; undefined where that is no record, or not known. */
  readonly rootName: string | undefined
  /** Whether it is that of a reference, whose root may be anywhere in the schema. */
  readonly isReference: boolean
}

/** What a registry says of tags beside a schema's text. What it may mean is hidden where it cannot be understood. */
export interface TagsBeside {
  /** Equal where the tags are. */
  readonly key: string
  readonly sources: readonly TagSource[]
  readonly entries: readonly TagEntry[]
  /** Tags that every leaf may carry, as their path cannot be read; or all there are, as the tags cannot. */
  readonly anywhere: ReadonlySet<string> | 'every'
  /** What cannot be read, a sentence each. */
  readonly doubts: readonly string[]
}

/** The names of the records at the roots of a schema and of its references. */
export interface RootNames {
  readonly root: string | undefined
  readonly references: readonly (string | undefined)[]
}

/** Of one version: people write some dozens, a walk must stay short, and the polls compare them. */
const entriesMax = 1000
const tagsMax = 1000
const stepsMax = 64
const charactersMax = 100_000
/** Sentences in the log of one version, and how much of a path each tells. */
const doubtsMax = 10
const pathCharactersMax = 100

export function tagsBesideOf({ metadata, referencesMetadata = [] }: SchemaSource, names: RootNames): TagsBeside {
  const reader = new MetadataReader()
  reader.read(metadata, { rootName: names.root, isReference: false })
  for (const [index, one] of referencesMetadata.entries()) reader.read(one, { rootName: names.references[index], isReference: true })
  return reader.result()
}

class MetadataReader {
  private readonly sources: TagSource[] = []
  private readonly entries: TagEntry[] = []
  private readonly anywhere = new Set<string>()
  private readonly doubts: string[] = []
  private readonly keys: string[] = []
  private isEvery = false

  result(): TagsBeside {
    const { sources, entries, doubts } = this
    return { key: this.keys.join('\n'), sources, entries, doubts, anywhere: this.isEvery ? 'every' : this.anywhere }
  }

  read(metadata: unknown, at: Pick<TagSource, 'rootName' | 'isReference'>): void {
    if (metadata == null) return
    const tags = isObject(metadata) ? metadata['tags'] : metadata
    if (tags == null) return
    const text = textOf(tags)
    this.keys.push(`${at.rootName} ${at.isReference} ${text ?? 'too much'}`)
    if (text === undefined || !isObject(tags)) return this.every('The tags in its metadata are too many, or no object')
    const source = { ...at, paths: new TagPaths() }
    this.sources.push(source)
    // Where its root is no record, be it a union of some, nobody can say where its paths begin.
    const isUnplaced = at.isReference && at.rootName === undefined
    for (const [path, list] of Object.entries(tags)) this.readEntry(path, list, isUnplaced ? undefined : source.paths)
  }

  /** @param paths that they are added to; undefined where nobody knows where those begin. */
  private readEntry(path: string, list: unknown, paths: TagPaths | undefined): void {
    const shown = JSON.stringify(path.slice(0, pathCharactersMax))
    const tags = (Array.isArray(list) ? list : []).filter((tag): tag is string => typeof tag === 'string' && tag !== '')
    if (!Array.isArray(list) || tags.length < list.length)
      this.every(`What stands under ${shown} in the tags of its metadata is no list of tags`)
    if (this.entries.length >= entriesMax || tags.length > tagsMax) return this.every('The tags in its metadata are too many')
    const entry = { path, tags }
    const steps = stepsOf(path)
    if (steps === undefined) this.noteAnywhere(`${shown} in the tags of its metadata is no path of names, "*" and "**"`, tags)
    else if (paths === undefined) {
      if (tags.length > 0) this.noteAnywhere(`${shown} in the tags of a reference's metadata has no record known to begin at`, tags)
    } else if (tags.length > 0) {
      paths.add(steps, entry)
      this.entries.push(entry)
    }
  }

  private noteAnywhere(why: string, tags: readonly string[]): void {
    for (const tag of tags) this.anywhere.add(tag)
    this.doubt(`${why}: every field may carry what stands under it`)
  }

  private every(why: string): void {
    this.isEvery = true
    this.doubt(`${why}: every field may carry any tag`)
  }

  private doubt(sentence: string): void {
    if (this.doubts.length < doubtsMax && !this.doubts.includes(sentence)) this.doubts.push(sentence)
  }
}

/** A name may be that of a namespace, where people write hyphens. */
const step = /^(?:\*\*?|[A-Za-z_][\w-]*)$/

function stepsOf(path: string): string[] | undefined {
  const steps = path.split('.', stepsMax + 1)
  return steps.length <= stepsMax && steps.every((name) => step.test(name)) ? steps : undefined
}

/** Undefined where they are too many to be compared, or nested too deep. */
function textOf(tags: unknown): string | undefined {
  try {
    const text = JSON.stringify(tags)
    return text.length <= charactersMax ? text : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
