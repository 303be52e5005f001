import { test } from 'tap'
import { answerFrame } from '#gateway/authorize/entity-update.js'
import type { Identity } from '#gateway/authenticate/identity.js'
import { ClientSocket } from '#gateway/deliver/socket/client-socket.js'
import type { AcceptedConnection } from '#gateway/deliver/connection/connection-acceptor.js'
import { closeCodes } from '#protocol/codes.js'
import { FakeSocket } from '../../../support/gateway/fake-socket.js'
import { recordingLog } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

const identity: Identity = { sub: 's', clientId: 'c', roles: [], claims: {}, expiresAtMs: 0, subprotocol: undefined }
const frame = answerFrame('frame')

function bytes(text: string): Buffer {
  return Buffer.from(text)
}

/** A client's socket between a fake of the library's and a connection that writes down what it hears. */
function connect(limits: { frameBytesMax?: number; framesPerSecondMax?: number } = {}) {
  const heard: unknown[] = []
  const lingering: unknown[] = []
  const connection: AcceptedConnection = {
    receiveText: (text) => heard.push(text),
    receiveBinary: () => heard.push('binary'),
    drained: () => heard.push('drained'),
    closed: (code, _byThisSide, lingers) => {
      heard.push({ closed: code })
      lingering.push(lingers)
    },
  }
  const clock = new SimulatedClock()
  const socket = new FakeSocket()
  const client = new ClientSocket(identity, { frameBytesMax: 100, framesPerSecondMax: 10, ...limits }, { clock, log: recordingLog() })
  client.attach(socket)
  socket.onGone = (code) => client.gone(code)
  client.open({ admissionRefusal: () => undefined, accept: () => connection })
  return { heard, lingering, clock, socket, client }
}

test('hands on text and tells of binary frames', async (t) => {
  const { heard, client } = connect()
  client.received(bytes('é'), false)
  client.received(bytes('x'), true)
  client.drained()
  t.same(heard, ['é', 'binary', 'drained'])
})

test('closes on a frame over the limit and reads nothing after it', async (t) => {
  const { heard, client, socket, clock } = connect({ frameBytesMax: 3 })
  client.received(bytes('123'), false)
  client.received(bytes('1234'), false)
  client.received(bytes('5'), false)
  await clock.settle()
  t.same(socket.ended, closeCodes.message_too_big)
  t.same(heard, ['123', { closed: 1009 }])
})

test('closes on too many frames a second, of whatever kind, and reads nothing after it', async (t) => {
  const { heard, client, socket, clock } = connect({ framesPerSecondMax: 4 })
  client.received(bytes('a'), false)
  client.received(bytes('b'), true)
  client.pinged(0)
  client.ponged()
  t.equal(socket.ended, undefined)
  client.received(bytes('c'), false)
  client.received(bytes('d'), false)
  await clock.settle()
  t.same(socket.ended, closeCodes.flooded)
  t.same(heard, ['a', 'binary', { closed: 4502 }])
})

test('sends the close code only when all that was sent before is out', async (t) => {
  const { heard, client, socket, clock } = connect()
  socket.buffered = 1000
  client.close(closeCodes.too_slow)
  client.close(closeCodes.replaced)
  client.send(frame)
  client.received(bytes('late'), false)
  socket.buffered = 1
  client.drained()
  t.equal(socket.ended, undefined)
  socket.buffered = 0
  client.drained()
  t.same(socket.ended, closeCodes.too_slow)
  t.same(socket.sent, [])
  await clock.advance(60_000)
  t.same(heard, [{ closed: 4001 }])
})

test('hangs up on a client that does not read its last bytes', async (t) => {
  const { heard, client, socket, clock } = connect()
  socket.buffered = 1000
  client.close(closeCodes.too_slow)
  await clock.advance(9_999)
  t.equal(socket.ended, undefined)
  await clock.advance(1)
  t.equal(socket.ended, 'closed')
  t.same(heard, [{ closed: 4001 }], 'the connection hears the code of its own will')
})

test('a socket lingers where its close code was sent, and none that was hung up', async (t) => {
  const ends: Record<string, readonly [boolean, (one: ReturnType<typeof connect>) => void]> = {
    'in order': [true, ({ client }) => client.close(closeCodes.too_slow)],
    'cut off': [false, ({ client }) => client.cut(closeCodes.rights_changed)],
    'its last bytes not taken': [
      false,
      ({ client, socket }) => {
        socket.buffered = 1
        client.close(closeCodes.too_slow)
      },
    ],
    'by the client': [false, ({ client }) => client.gone(1001)],
  }
  for (const [how, [lingers, end]] of Object.entries(ends)) {
    const one = connect()
    end(one)
    await one.clock.advance(10_000)
    t.same(one.lingering, [lingers], how)
  }
})

test('keeps no timer for a socket that has gone', async (t) => {
  const { client, socket, clock } = connect()
  let timers = 0
  clock.after = () => {
    timers++
    return () => timers--
  }
  socket.buffered = 1000
  client.close(closeCodes.too_slow)
  t.equal(timers, 1)
  client.gone(1006)
  t.equal(timers, 0)
})

test('hangs up on a client that floods on instead of reading its last bytes', async (t) => {
  const { client, socket } = connect({ framesPerSecondMax: 2 })
  socket.buffered = 1000
  client.close(closeCodes.too_slow)
  for (let i = 0; i < 2; i++) client.received(bytes('x'), false)
  t.equal(socket.ended, undefined)
  client.pinged(0)
  t.equal(socket.ended, 'closed')
  client.received(bytes('x'), false)
})

test('takes a dropped frame for a broken socket', async (t) => {
  const { heard, client, socket, clock } = connect()
  socket.outcome = 0
  client.send(frame)
  t.equal(socket.ended, undefined, 'queued is not dropped')
  socket.outcome = 2
  client.send(frame)
  client.send(frame)
  t.equal(socket.ended, 'closed')
  t.equal(socket.sent.length, 2)
  t.same(heard, [], 'not from inside the call')
  await clock.settle()
  t.same(heard, [{ closed: closeCodes.internal_error.code }])
})

test('closes a client that pings and never reads, however slowly', async (t) => {
  const { client, socket, clock } = connect()
  const pings = Math.ceil((64 * 1024) / 127)
  const pingFor = async (times: number) => {
    for (let i = 0; i < times; i++) {
      client.pinged(125)
      await clock.advance(1000)
    }
  }
  await pingFor(pings * 2)
  t.equal(socket.ended, undefined, 'pongs that are taken do not count')
  socket.buffered = 1
  await pingFor(pings - 2)
  t.equal(socket.ended, undefined)
  await pingFor(2)
  socket.buffered = 0
  client.drained()
  t.same(socket.ended, closeCodes.too_slow)
})

test('does nothing once the socket has gone', async (t) => {
  const { heard, client, socket, clock } = connect()
  socket.ended = 'closed'
  client.gone(1001)
  client.cork(() => t.fail('must not write'))
  client.send(frame)
  client.close(closeCodes.too_slow)
  t.equal(client.bufferedBytes(), 0)
  await clock.advance(60_000)
  t.same(heard, [{ closed: 1001 }])
})

test('tells a connection that closes while it is being accepted', async (t) => {
  const clock = new SimulatedClock()
  const socket = new FakeSocket()
  const client = new ClientSocket(identity, { frameBytesMax: 1, framesPerSecondMax: 1 }, { clock, log: recordingLog() })
  client.attach(socket)
  socket.onGone = (code) => client.gone(code)
  const heard: number[] = []
  const nothing = () => undefined
  const connection = { receiveText: nothing, receiveBinary: nothing, drained: nothing, closed: (code: number) => void heard.push(code) }
  const accept = () => {
    client.close(closeCodes.shutting_down)
    return connection
  }
  client.open({ admissionRefusal: () => undefined, accept })
  await clock.settle()
  t.same(heard, [4000])
})

test('hands nobody to the acceptor whose socket has gone before', async (t) => {
  const clock = new SimulatedClock()
  const client = new ClientSocket(identity, { frameBytesMax: 1, framesPerSecondMax: 1 }, { clock, log: recordingLog() })
  client.attach(new FakeSocket())
  client.gone(1006)
  client.open({ admissionRefusal: () => undefined, accept: () => t.fail('must not be accepted') as never })
  await clock.settle()
  t.pass()
})

test('hangs up at once where nothing more may leave, also amid its last bytes', async (t) => {
  for (const closing of [undefined, closeCodes.too_slow]) {
    const { heard, client, socket, clock } = connect()
    socket.buffered = 1000
    if (closing !== undefined) client.close(closing)
    client.cut(closeCodes.rights_changed)
    client.cut(closeCodes.rights_changed)
    await clock.advance(20_000)
    t.equal(socket.ended, 'closed')
    t.same(heard, [{ closed: (closing ?? closeCodes.rights_changed).code }], 'it is counted by why it was closed first')
  }
})
