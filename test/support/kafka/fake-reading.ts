import type { Test } from 'tap'
import { systemClock } from '#clock.js'
import { Meter } from '#gateway/observe/meter.js'
import { KafkaSource, type KafkaSourceOptions } from '#gateway/source/kafka/kafka-source.js'
import { FakeCluster } from './fake-cluster.js'
import { SourceReader, until } from './source-reader.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'

/** A source that reads the topic `orders` of brokers that do what they are told. */
export async function reading(
  t: Test,
  { nodes = 1, leaders = [1] }: { nodes?: number; leaders?: number[] } = {},
  options: Partial<KafkaSourceOptions> = {},
) {
  const cluster = await FakeCluster.start(t, nodes)
  const orders = cluster.create('orders', ...leaders)
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const parts = { clock: systemClock, meter, log: recordingLog(lines), bufferBytesMax: 8_000_000 }
  const source = new KafkaSource({ ...parts, brokers: cluster.brokers, ...options })
  t.teardown(() => source.stop())
  const reader = new SourceReader(source)
  const has = (value: string) => until(value, () => reader.values().includes(value))
  const says = (text: string) => lines.some(({ message }) => message.includes(text))
  return { cluster, orders, source, reader, meter, lines, says, has }
}
