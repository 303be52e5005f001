import type { EntityTopic } from '#entities.js'
import type { EntityCatalog } from './catalog/entity-catalog.js'
import type { FramedRecord } from './framed-record.js'
import type { RecordDecoder } from './record-decoder.js'
import type { CompiledBranch } from './schemas/compiled-branch.js'

const nobody = -1

/**
 * Finds the type that a record is among those that share its topic. Each says by full names which records it is, so that a branch is looked
 * for once: a hundred types would otherwise each be asked of each record.
 */
export class RecordOwners {
  private readonly known = new WeakMap<CompiledBranch, number>()

  constructor(
    private readonly topics: readonly EntityTopic[],
    private readonly catalog: Pick<EntityCatalog, 'warnOfForeign'>,
  ) {}

  /** The index of the type among those of the topic; undefined where it is none of them, which people are told of. */
  indexOf(branch: CompiledBranch): number | undefined {
    let index = this.known.get(branch)
    if (index === undefined) this.known.set(branch, (index = this.find(branch)))
    return index === nobody ? undefined : index
  }

  private find(branch: CompiledBranch): number {
    // Without data it is nobody's, and a bad record of the first one.
    if (branch.root.kind === 'null') return 0
    const found = this.topics.findIndex(({ entity }) => isNamed(branch.recordsOf(entity) ?? [], entity.record ?? []))
    if (found === nobody) for (const topic of this.topics) this.catalog.warnOfForeign(topic, branch)
    return found
  }
}

function isNamed(records: readonly string[], said: readonly string[]): boolean {
  return records.length > 0 && records.every((name) => said.includes(name))
}

/** Decodes records with data of a topic that types share, each by the type that it is. */
export class OwnerDecoder {
  /** @param decoders those of the topic's types, in their order. */
  constructor(
    private readonly decoders: readonly RecordDecoder[],
    private readonly owners: RecordOwners,
  ) {}

  /** As `RecordDecoder` does. @throws BadRecordError */
  decode(record: FramedRecord): ReturnType<RecordDecoder['decode']> {
    const index = this.owners.indexOf(this.decoders[0]!.branchOf(record))
    return index === undefined ? 'foreign' : this.decoders[index]!.decode(record)
  }
}
