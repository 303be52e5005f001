import { answer } from '../harness/child.js'
import type { ContenderCommands } from './forked.js'
import { readBatches } from './topic-reader.js'
import { UwsListener } from './uws-listener.js'

// kafkajs alone: reads the topic and counts its records. Its clients are answered and get nothing.

const listener = new UwsListener()
let records = 0

const commands: ContenderCommands = {
  async listen(brief) {
    await readBatches(brief, (messages) => void (records += messages.length))
    return await listener.listen()
  },
  counts: () => ({ frames: 0, writes: 0, encoded: 0, records }),
  feed: () => Promise.reject(new Error('it is fed by its topic')),
}

answer(commands)
