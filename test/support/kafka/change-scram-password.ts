import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { systemClock } from '#clock.js'
import { KafkaLink } from '#kafka/kafka-link.js'
import type { Question } from '#kafka/wire/question.js'
import { SilentLog } from '../running/silent-log.js'

interface Changed {
  readonly username: string
  readonly salt: Buffer
  readonly salted: Buffer
}

const iterations = 4096
/** Kafka's number for SCRAM-SHA-512. */
const mechanism = 2

const changeQuestion: Question<Changed, readonly number[]> = {
  apiKey: 51,
  name: 'AlterUserScramCredentials',
  versionMin: 0,
  versionMax: 0,
  flexibleFrom: 0,
  write(fields, { username, salt, salted }) {
    const bytes = (all: Buffer) => fields.array([...all], (byte) => fields.int8(byte > 127 ? byte - 256 : byte))
    fields.array([], () => undefined) // None is deleted.
    fields.array([username], (name) => {
      fields.string(name)
      fields.int8(mechanism)
      fields.int32(iterations)
      bytes(salt)
      bytes(salted)
      fields.tags()
    })
    fields.tags()
  },
  read(fields) {
    fields.int32() // How long it would like us to wait.
    return fields.array(() => {
      fields.string()
      const code = fields.int16()
      fields.string()
      fields.tags()
      return code
    })
  },
}

/** By SCRAM-SHA-512 a user has this password from now on, and no other. @param address of a listener whose clients may do that. */
export async function changeScramPassword(address: string, username: string, password: string): Promise<void> {
  const [host, port] = address.split(':')
  const options = { brokers: [address], log: new SilentLog(), clock: systemClock }
  const link = await KafkaLink.open({ host: host!, port: Number(port) }, options)
  try {
    const salt = randomBytes(16)
    const salted = pbkdf2Sync(password, salt, iterations, 64, 'sha512')
    const codes = await link.ask(changeQuestion, { username, salt, salted })
    if (codes.some((code) => code !== 0)) throw new Error(`the password stays: errors ${codes.join()}`)
  } finally {
    link.close()
  }
}
