import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { RecordPipe } from './record-pipe.js'

/** A record to be written, with the time that it says of itself. */
export interface FedRecord {
  readonly key: string
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
  return 'pipePort' in address ? openPipe(address.pipePort) : openTopic(address)
}

async function openTopic({ brokers, topic }: Extract<SinkAddress, { topic: string }>): Promise<RecordSink> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  const producer = kafka.producer({
    ...{ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } },
  })
  await producer.connect()
  return {
    async send(records) {
      const messages = records.map(({ timestampMs, ...record }) => ({ ...record, timestamp: String(timestampMs) }))
      await producer.send({ topic, messages })
    },
    close: () => producer.disconnect(),
  }
}

async function openPipe(port: number): Promise<RecordSink> {
  const pipe = await RecordPipe.connect(port)
  return {
    send: (records) => pipe.send(records.map(({ key, value }) => ({ key: Buffer.from(key), value }))),
    close: () => pipe.close(),
  }
}
