import { test } from 'tap'
import { answerFrame } from '#gateway/authorize/entity-update.js'
import { BatchingTransport } from '#gateway/deliver/connection/batching-transport.js'
import { FrameJoiner } from '#gateway/deliver/connection/frame-joiner.js'
import { closeCodes } from '#protocol/codes.js'
import { fc } from '../../../support/running/seeded-properties.js'
import { FakeTransport } from '../../../support/gateway/fake-transport.js'

const joiner = new FrameJoiner()
const messageOf = (size: number) => JSON.stringify({ filler: 'x'.repeat(size) })

test('each cork is one frame, an array of all its messages in their order, unless they are many bytes', (t) => {
  const sizes = fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.nat(100) }, { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 70_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(sizes), (corks) => {
      const socket = new FakeTransport()
      const transport = new BatchingTransport(socket, joiner)
      for (const cork of corks) {
        const before = socket.received.length
        transport.cork(() => {
          for (const size of cork) transport.send(answerFrame(messageOf(size)))
        })
        const frames = socket.received.slice(before).map((text) => JSON.parse(text) as object[])
        const bytes = cork.reduce((sum, size) => sum + messageOf(size).length, 0)
        if (JSON.stringify(frames.flat()) !== `[${cork.map(messageOf).join()}]`) t.same(frames.flat(), cork.map(messageOf))
        if (bytes <= 64 * 1024 && frames.length !== Math.min(1, cork.length))
          t.fail(`${cork.length} messages left in ${frames.length} frames`)
        if (frames.some((messages) => messages.length > 1 && JSON.stringify(messages.slice(0, -1)).length > 66_000))
          t.fail('a frame of many bytes')
      }
    }),
  )
  t.end()
})

test('sends what it keeps before the close code, also when the write fails', (t) => {
  const socket = new FakeTransport()
  const transport = new BatchingTransport(socket, joiner)
  transport.cork(() => {
    transport.send(answerFrame('{"n":1}'))
    transport.close(closeCodes.shutting_down)
    t.same(socket.received, ['[{"n":1}]'])
  })
  t.match(socket.closedWith, { code: 4000 })
  const broken = () =>
    transport.cork(() => {
      transport.send(answerFrame('{"n":2}'))
      throw new Error('broken')
    })
  t.throws(broken, /broken/)
  transport.cork(() => transport.send(answerFrame('{"n":3}')))
  t.same(socket.received, ['[{"n":1}]', '[{"n":2}]', '[{"n":3}]'], 'nothing is left for the next')
  t.end()
})

test('a message outside of a cork does not wait', (t) => {
  const socket = new FakeTransport()
  new BatchingTransport(socket, joiner).send(answerFrame('{"n":1}'))
  t.same(socket.received, ['[{"n":1}]'])
  t.end()
})
