import type { Question } from './question.js'

/** Two numbers that stand for a time: for the oldest offset that a log has, and for the offset that its next record gets. */
export const oldest = -2
export const newest = -1

export interface OffsetsAsked {
  readonly at: typeof oldest | typeof newest
  /** Whether the log is taken to end where the first open transaction begins. Otherwise its records count, as they may be committed. */
  readonly decidedOnly: boolean
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
}

export interface OffsetAnswer {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly offset: number
}

/** Where logs begin or end, asked of the broker that leads them. */
export const offsetsQuestion: Question<OffsetsAsked, readonly OffsetAnswer[]> = {
  apiKey: 2,
  name: 'ListOffsets',
  versionMin: 2,
  versionMax: 6,
  flexibleFrom: 6,
  write(fields, { at, decidedOnly, topics }, version) {
    fields.int32(-1) // No replica asks.
    fields.int8(decidedOnly ? 1 : 0)
    fields.array(topics, ({ topic, partitions }) => {
      fields.string(topic)
      fields.array(partitions, (partition) => {
        fields.int32(partition)
        if (version >= 4) fields.int32(-1) // The epoch of the leader does not matter.
        fields.int64(at)
        fields.tags()
      })
      fields.tags()
    })
    fields.tags()
  },
  read(fields, version) {
    fields.int32() // The pause that the broker asks for: we ask seldom enough.
    const topics = fields.array(() => {
      const topic = fields.string()
      const partitions = fields.array(() => {
        const [partition, errorCode] = [fields.int32(), fields.int16()]
        fields.int64() // The time of the record at that offset.
        const offset = fields.offset()
        if (version >= 4) fields.int32() // The epoch of the record's leader.
        fields.tags()
        return { topic, partition, errorCode, offset }
      })
      fields.tags()
      return partitions
    })
    return topics.flat()
  },
}
