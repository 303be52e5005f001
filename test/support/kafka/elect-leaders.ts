import { systemClock } from '#clock.js'
import { KafkaLink } from '#kafka/kafka-link.js'
import type { Question } from '#kafka/wire/question.js'
import { SilentLog } from '../running/silent-log.js'

const timeoutMs = 10_000

/** The first replica of each leads it from now on. */
const electionQuestion: Question<{ topic: string; partitions: readonly number[] }, readonly number[]> = {
  apiKey: 43,
  name: 'ElectLeaders',
  versionMin: 2,
  versionMax: 2,
  flexibleFrom: 2,
  write(fields, { topic, partitions }) {
    fields.int8(0) // The preferred one.
    fields.array([topic], (name) => {
      fields.string(name)
      fields.array(partitions, (partition) => fields.int32(partition))
      fields.tags()
    })
    fields.int32(timeoutMs)
    fields.tags()
  },
  read(fields) {
    fields.int32() // How long it would like us to wait.
    const errorCode = fields.int16()
    const results = fields.array(() => {
      fields.string()
      const codes = fields.array(() => {
        fields.int32()
        const code = fields.int16()
        fields.string()
        fields.tags()
        return code
      })
      fields.tags()
      return codes
    })
    return [errorCode, ...results.flat()]
  },
}

/** Kafka's answer where it leads already. */
const notNeeded = 84

/** @throws Error where one of them cannot lead, as it is not in sync. */
export async function electPreferredLeaders(address: string, topic: string, partitions: readonly number[]): Promise<void> {
  const [host, port] = address.split(':')
  const options = { brokers: [address], log: new SilentLog(), clock: systemClock }
  const link = await KafkaLink.open({ host: host!, port: Number(port) }, options)
  try {
    const codes = await link.ask(electionQuestion, { topic, partitions })
    const failed = codes.filter((code) => code !== 0 && code !== notNeeded)
    if (failed.length > 0) throw new Error(`no election: errors ${failed.join()}`)
  } finally {
    link.close()
  }
}
