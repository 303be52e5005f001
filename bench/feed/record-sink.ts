import { RecordPipe } from './record-pipe.js'
import { TopicProducer } from './topic-producer.js'

/** A record to be written, with the time that it says of itself. */
export interface FedRecord {
  readonly key: Buffer
  readonly value: Buffer
  readonly partition: number
  readonly timestampMs: number
}

/** Where records go. */
export interface RecordSink {
  /** Resolves when all are written and acknowledged. */
  send(records: readonly FedRecord[]): Promise<void>
  close(): Promise<void> | void
}

/** A topic of Kafka, or a gateway's log in memory, which keeps its own partitions and times. */
export type SinkAddress = { readonly brokers: readonly string[]; readonly topic: string } | { readonly pipePort: number }

export function openSink(address: SinkAddress): Promise<RecordSink> {
  return 'pipePort' in address ? openPipe(address.pipePort) : TopicProducer.open(address.brokers, address.topic)
}

async function openPipe(port: number): Promise<RecordSink> {
  const pipe = await RecordPipe.connect(port)
  return {
    send: (records) => pipe.send(records),
    close: () => pipe.close(),
  }
}
