import { WebSocketServer, type WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import { answer } from '../harness/child.js'
import type { ContenderCommands } from './forked.js'
import { answerTo, greetingOf, Rooms } from './room.js'
import { messageOf } from './plain-event.js'
import { readTopic } from './topic-reader.js'

// The `ws` library without rights: each event decoded and written as text once, and sent to each client of its entity.

const rooms = new Rooms<WebSocket>()
let [frames, encoded] = [0, 0]

const commands: ContenderCommands = {
  async listen(brief) {
    await readTopic(brief, (event) => {
      const text = JSON.stringify(messageOf(event))
      encoded++
      for (const client of rooms.of(event.entity_id)) {
        client.send(text)
        frames++
      }
    })
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
    server.on('connection', (client) => {
      client.send(greetingOf('client'))
      client.on('message', (message) => {
        const request = answerTo((message as Buffer).toString())
        if (request === undefined) return
        rooms.join(request.entityId, client)
        client.send(request.answer)
      })
    })
    await new Promise((resolve) => server.once('listening', resolve))
    return (server.address() as AddressInfo).port
  },
  // Each frame is a write of its own.
  counts: () => ({ frames, writes: frames, encoded }),
  feed: () => Promise.reject(new Error('it is fed by its topic')),
}

answer(commands)
