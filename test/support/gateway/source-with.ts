import type { PartitionSource } from '#gateway/source/partition-source.js'

/** The same source but for what is changed. */
export function sourceWith(source: PartitionSource, changed: Partial<PartitionSource>): PartitionSource {
  return {
    partitions$: source.partitions$,
    start: (topics, from) => source.start(topics, from),
    add: (topics, from) => source.add(topics, from),
    skipToEnd: (topics) => source.skipToEnd(topics),
    readAgain: (topics) => source.readAgain(topics),
    forbidden: (topics) => source.forbidden(topics),
    topicId: (topic) => source.topicId(topic),
    partitionCount: (topic) => source.partitionCount(topic),
    stop: () => source.stop(),
    status: () => source.status(),
    ...changed,
  }
}
