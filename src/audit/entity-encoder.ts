// The way back: from an entity as a client with all rights sees it to the bytes that the gateway judges. Enters: JSON, with integers beyond
// 2^53 as bigints. Leaves: Avro's bytes, of which the gateway shows the same JSON again. What does not fit the schema fails with its path.
import { isJsonObject } from '../authorize/policy/place.js'
import { AvroReader } from '../decode/avro/avro-reader.js'
import type { AvroField, AvroNode, RecordNode, ScalarNode, UnionNode } from '../decode/avro/avro-schema.js'
import { parseAvroSchema } from '../decode/avro/avro-schema-parser.js'
import { leafTreeOf, type PathNode } from '../decode/avro/leaf-tree.js'
import { scalarJsonOf } from '../decode/avro/scalar-json.js'
import { VisiblePaths } from '../decode/avro/visible-paths.js'
import type { ChangeEvent } from '../decode/change-event.js'
import type { EntitySchema } from '../decode/entity-schema.js'
import { ConfigurationError } from '../errors.js'
import type { EntityFile } from '../schema/schema-folder.js'
import { entitySchemasOf } from './entity-schemas.js'
import { expectedOf, longBytes, scalarBytes, withLength } from './scalar-encoder.js'

/** Where a value is: in the schema, undefined deeper than is shown, and in the JSON, as `items[0].sku`. */
interface Site {
  readonly place: PathNode | undefined
  readonly path: string
}

const nothing = Buffer.alloc(0)

export class EntityEncoder {
  private readonly root: PathNode
  private readonly visible: VisiblePaths

  private constructor(
    readonly schema: EntitySchema,
    private readonly record: RecordNode,
  ) {
    const { root, leaves } = leafTreeOf(record)
    this.root = root
    this.visible = new VisiblePaths(new Set(leaves.keys()))
  }

  /** @throws ConfigurationError where the file holds no schema of an entity. */
  static of(file: EntityFile): EntityEncoder {
    const [schema] = entitySchemasOf([file])
    const references = file.references.map(({ text }) => text)
    // That it is a record has just been checked.
    return new EntityEncoder(schema!, parseAvroSchema(file.text, references) as RecordNode)
  }

  /** An update of the entity. @param name of what the JSON is, for sentences: `event`. @throws ConfigurationError with the path of what does not fit. */
  eventOf(json: unknown, name: string): ChangeEvent {
    const bytes = new ValueEncoder(this.visible, name).encode(this.record, json, { place: this.root, path: '' })
    const head = { entityType: this.schema.entityType, entityId: name, operation: 'update', timestampMs: 0, kafkaTimestampMs: 0 } as const
    return { ...head, topic: name, partition: 0, offset: '0', data: { schema: this.schema, bytes, start: 0 }, tombstone: false }
  }
}

class ValueEncoder {
  constructor(
    private readonly visible: VisiblePaths,
    private readonly name: string,
    /** Whether a value must be written as clients see it, to the last digit: how a branch of a union is found. */
    private readonly exactly = false,
  ) {}

  encode(node: AvroNode, value: unknown, site: Site): Buffer {
    if (value === undefined || (value === null && this.isHidden(node, site))) return this.absent(node, site)
    switch (node.kind) {
      case 'record':
        return this.record(node, value, site)
      case 'array':
        return this.array(node.items, value, site)
      case 'map':
        return this.map(node.values, value, site)
      case 'union':
        return this.union(node, value, site)
      default:
        return this.scalar(node, value, site)
    }
  }

  /** A union's null is seen where anything of its path is, be it by way of another record. */
  private isHidden(node: AvroNode, { place }: Site): boolean {
    if (place === undefined) return true
    const branches = node.kind === 'union' ? node.branches : [node]
    return !branches.some((branch) => this.visible.showsBranch(branch, place))
  }

  /** What clients do not see is left empty; where there may be nothing, nothing is taken for written. */
  private absent(node: AvroNode, site: Site): Buffer {
    if (node.kind === 'union') return this.absentBranch(node, site)
    if (this.isHidden(node, site)) {
      if (node.kind === 'null') return nothing
      if (node.kind === 'array' || node.kind === 'map') return longBytes(0n)
      if (node.kind === 'record') return this.record(node, {}, site)
    }
    throw this.refusal(site, 'is missing')
  }

  /** A branch that clients do not see is what leaves no trace. */
  private absentBranch(node: UnionNode, site: Site): Buffer {
    const hidden = node.branches.filter((branch) => this.isHidden(branch, site))
    const empty = node.branches.filter(({ kind }) => kind === 'null' && !this.exactly)
    const absent = (branch: AvroNode) => (branch.kind === 'null' ? nothing : this.absent(branch, site))
    return this.firstOf(node, [...hidden, ...empty], absent, this.refusal(site, 'is missing'))
  }

  private record(node: RecordNode, value: unknown, site: Site): Buffer {
    if (!isJsonObject(value)) throw this.refusal(site, `is ${written(value)} and must be an object`)
    const unknown = Object.keys(value).find((name) => !node.fields.some((field) => field.name === name))
    if (unknown !== undefined) throw this.refusal(stepInto(site, unknown), `is no field of ${node.name}`)
    return Buffer.concat(node.fields.map((field) => this.field(field, value, stepInto(site, field.name))))
  }

  private field({ name, type }: AvroField, value: Readonly<Record<string, unknown>>, site: Site): Buffer {
    return this.encode(type, Object.hasOwn(value, name) ? value[name] : undefined, site)
  }

  private array(items: AvroNode, value: unknown, site: Site): Buffer {
    if (!Array.isArray(value)) throw this.refusal(site, `is ${written(value)} and must be a list`)
    return blocks(value.map((item, index) => this.encode(items, item, { place: site.place, path: `${site.path}[${index}]` })))
  }

  private map(values: AvroNode, value: unknown, site: Site): Buffer {
    if (!isJsonObject(value)) throw this.refusal(site, `is ${written(value)} and must be an object`)
    const entries = Object.entries(value).map(([key, item]) => {
      const bytes = this.encode(values, item, { place: site.place, path: `${site.path}[${JSON.stringify(key)}]` })
      return Buffer.concat([withLength(Buffer.from(key)), bytes])
    })
    return blocks(entries)
  }

  /** First the branches of which clients see just this value, so that the text "10" is not taken for a long. */
  private union(node: UnionNode, value: unknown, site: Site): Buffer {
    const rest = node.branches.filter(({ kind }) => (kind === 'null') === (value === null))
    const [only] = rest
    if (rest.length === 1) {
      return Buffer.concat([longBytes(BigInt(node.branches.indexOf(only!))), this.encode(only!, value, site)])
    }
    const misfit = this.refusal(site, `is ${written(value)}, which is none of its types in the schema`)
    if (this.exactly) return this.firstOf(node, this.seenFirst(node, site), (branch) => this.encode(branch, value, site), misfit)
    const exact = new ValueEncoder(this.visible, this.name, true)
    try {
      return exact.union(node, value, site)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      return this.firstOf(node, this.seenFirst(node, site), (branch) => this.encode(branch, value, site), misfit)
    }
  }

  /** Those that are hidden take what is not there, and are asked last. */
  private seenFirst({ branches }: UnionNode, site: Site): AvroNode[] {
    const hidden = branches.filter((branch) => this.isHidden(branch, site))
    return [...branches.filter((branch) => !hidden.includes(branch)), ...hidden]
  }

  /** The number of the first branch that takes it, with what is written of it. */
  private firstOf(
    node: UnionNode,
    branches: readonly AvroNode[],
    bytesOf: (branch: AvroNode) => Buffer,
    misfit: ConfigurationError,
  ): Buffer {
    for (const branch of branches) {
      try {
        return Buffer.concat([longBytes(BigInt(node.branches.indexOf(branch))), bytesOf(branch)])
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error
      }
    }
    throw misfit
  }

  private scalar(node: ScalarNode, value: unknown, site: Site): Buffer {
    const bytes = scalarBytes(node, value)
    const isSame = (its: Buffer) => scalarJsonOf(node, 'number')(new AvroReader(its, 0)) === jsonOf(value)
    if (bytes !== undefined && (!this.exactly || isSame(bytes))) return bytes
    throw this.refusal(site, `is ${written(value)} and must be ${expectedOf(node)}`)
  }

  private refusal({ path }: Site, what: string): ConfigurationError {
    return new ConfigurationError(`The ${this.name}${path === '' ? '' : `'s ${path}`} ${what}.`)
  }
}

function stepInto({ place, path }: Site, name: string): Site {
  return { place: place?.children.get(name), path: path === '' ? name : `${path}.${name}` }
}

/** One block of all, and the end. */
function blocks(items: readonly Buffer[]): Buffer {
  return Buffer.concat([items.length === 0 ? nothing : longBytes(BigInt(items.length)), ...items, longBytes(0n)])
}

function jsonOf(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

/** A value within a sentence; what is long or holds others is not repeated. */
function written(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isJsonObject(value)) return 'an object'
  const text = jsonOf(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
