import { test } from 'tap'
import { WaitingSockets } from '#gateway/deliver/socket/waiting-sockets.js'
import { Meter } from '#gateway/observe/meter.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

test('hangs up on whoever comes when as many wait as may, and takes others when some have gone or said who they are', async (t) => {
  const meter = new Meter()
  const waiting = new WaitingSockets(2, { clock: new SimulatedClock(), meter, log: recordingLog() })
  let refused = 0
  // The library says of a socket that is hung up on that it has gone, before `hangUp` returns.
  const come = () =>
    waiting.changed(1, () => {
      refused++
      waiting.changed(-1, () => t.fail('it has gone already'))
    })
  come()
  come()
  t.equal(refused, 0)
  come()
  t.equal(refused, 1)
  t.equal(meter.socketsWaiting, 2)
  waiting.upgraded()
  come()
  waiting.changed(-1, () => t.fail('it has gone already'))
  come()
  t.equal(refused, 1)
  come()
  t.same([refused, meter.socketsRefused, meter.socketsWaiting], [2, 2, 2])
})

test('says it once a minute, with how many', async (t) => {
  const [clock, lines] = [new SimulatedClock(), [] as LoggedLine[]]
  const waiting = new WaitingSockets(0, { clock, meter: new Meter(), log: recordingLog(lines) })
  const refuse = () => waiting.changed(1, () => waiting.changed(-1, () => undefined))
  for (let n = 0; n < 10; n++) refuse()
  await clock.advance(60_000)
  refuse()
  t.same(
    lines.map(({ fields }) => fields['refused']),
    [1, 10],
  )
})
