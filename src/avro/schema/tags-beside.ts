import { isJsonObject } from '#text/json-object.js'
import type { SchemaSource } from './schema-source.js'
import { type TagEntry, TagPaths } from './tag-paths.js'

/** The `metadata.tags` of one version. */
export interface TagSource {
  readonly paths: TagPaths
  /** The name of the record at the version's root; undefined where the root is not a record, or not known. */
  readonly rootName: string | undefined
  /** Whether the version is that of a reference, whose root may be anywhere in the schema. */
  readonly isReference: boolean
}

/** The tags that a registry keeps beside a schema's text. Where they cannot be understood, everything that they may mean is hidden. */
export interface TagsBeside {
  /** Equal for equal tags. */
  readonly key: string
  readonly sources: readonly TagSource[]
  readonly entries: readonly TagEntry[]
  /** The tags that every leaf may carry because their path cannot be read; 'every' where the tags themselves cannot be read. */
  readonly anywhere: ReadonlySet<string> | 'every'
  /** A sentence for each part that cannot be read. */
  readonly doubts: readonly string[]
}

/** The names of the records at the roots of a schema and of its references. */
export interface RootNames {
  readonly root: string | undefined
  readonly references: readonly (string | undefined)[]
}

/** The limits of one version. People write some dozens; walks must stay short, and the polls compare the tags. */
const entriesMax = 1000
const tagsMax = 1000
const stepsMax = 64
const charactersMax = 100_000
/** The number of sentences in the log of one version, and the characters of a path in each. */
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
    const tags = isJsonObject(metadata) ? metadata['tags'] : metadata
    if (tags == null) return
    const text = boundedJson(tags)
    this.keys.push(`${at.rootName} ${at.isReference} ${text ?? 'too much'}`)
    if (text === undefined || !isJsonObject(tags)) return this.every('The tags in its metadata are too many, or no object')
    const source = { ...at, paths: new TagPaths() }
    this.sources.push(source)
    // Where the reference's root is not a record, or is a union of some, nobody can say where its paths begin.
    const isUnplaced = at.isReference && at.rootName === undefined
    for (const [path, list] of Object.entries(tags)) this.readEntry(path, list, isUnplaced ? undefined : source.paths)
  }

  /** @param paths the paths to which the tags are added; undefined where it is not known where these begin. */
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

/** A step may be part of a namespace, where connectors write hyphens and `$`. One that begins with it is another language's path. */
const step = /^(?:\*\*?|[A-Za-z_][\w$-]*)$/

function stepsOf(path: string): string[] | undefined {
  const steps = path.split('.', stepsMax + 1)
  return steps.length <= stepsMax && steps.every((name) => step.test(name)) ? steps : undefined
}

/** Undefined where the tags are too many to be compared, or nested too deep. */
function boundedJson(tags: unknown): string | undefined {
  try {
    const text = JSON.stringify(tags)
    return text.length <= charactersMax ? text : undefined
  } catch {
    return undefined
  }
}
