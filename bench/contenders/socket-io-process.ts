import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { answer } from '../harness/child.js'
import type { ContenderCommands } from './forked.js'
import { answerTo, greetingOf } from './room.js'
import { messageOf } from './plain-event.js'
import { readTopic } from './topic-reader.js'

// socket.io's rooms without rights: each event decoded once, and emitted to the room of its entity as event `m`.

const http = createServer()
const server = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false })
let [frames, encoded] = [0, 0]

const commands: ContenderCommands = {
  async listen(brief) {
    await readTopic(brief, (event) => {
      server.to(event.entity_id).emit('m', messageOf(event))
      encoded++
      frames += server.sockets.adapter.rooms.get(event.entity_id)?.size ?? 0
    })
    server.on('connection', (client) => {
      client.emit('m', JSON.parse(greetingOf('client')))
      client.on('request', (message: unknown) => {
        const request = answerTo(JSON.stringify(message))
        if (request === undefined) return
        void client.join(request.entityId)
        client.emit('m', JSON.parse(request.answer))
      })
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return (http.address() as AddressInfo).port
  },
  counts: () => ({ frames, writes: frames, encoded }),
  feed: () => Promise.reject(new Error('it is fed by its topic')),
}

answer(commands)
