import * as uWS from 'uWebSockets.js'
import type { ClientIdentity } from './contender.js'
import { answerTo, greetingOf, Rooms } from './room.js'

/** A client of a server that is nothing but uWebSockets.js. */
export type UwsClient = uWS.WebSocket<ClientIdentity>

/** As the gateway sets its server up: no compression, no limit of the library's own that could drop a frame. */
const behavior = { maxPayloadLength: 16 * 1024, maxBackpressure: 0, idleTimeout: 120 } as const

/** Listens on a free port, answers subscriptions, and keeps who has subscribed. */
export class UwsListener {
  readonly rooms = new Rooms<UwsClient>()

  listen(): Promise<number> {
    const app = uWS.App().ws<ClientIdentity>('/ws/:client', {
      ...behavior,
      upgrade: (response, request, context) => {
        const [key, protocol, extensions] = ['key', 'protocol', 'extensions'].map((name) => request.getHeader(`sec-websocket-${name}`))
        const [role = '', region] = ['role', 'region'].map((name) => request.getQuery(name))
        response.upgrade({ role, region }, key!, protocol!, extensions!, context)
      },
      open: (client) => void client.send(greetingOf('client')),
      message: (client, message) => {
        const request = answerTo(Buffer.from(message).toString())
        if (request === undefined) return
        this.rooms.join(request.entityId, client)
        client.send(request.answer)
      },
    })
    return new Promise((resolve) => app.listen('127.0.0.1', 0, (socket) => resolve(uWS.us_socket_local_port(socket))))
  }
}
