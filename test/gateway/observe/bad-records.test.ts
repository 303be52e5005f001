import { test } from 'tap'
import { BadRecordError } from '#errors.js'
import { BadRecords } from '#gateway/observe/bad-records.js'
import { Meter } from '#gateway/observe/meter.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'
import { recordingLog, type LoggedLine } from '../../support/running/recording-log.js'

const position = { topic: 'order.update', partition: 2, offset: 77 }

function fixture() {
  const lines: LoggedLine[] = []
  const meter = new Meter()
  const clock = new SimulatedClock()
  return { lines, meter, clock, badRecords: new BadRecords(meter, recordingLog(lines), clock) }
}

test('logs where a record stands and why it was skipped, and counts it', async (t) => {
  const { lines, meter, badRecords } = fixture()
  badRecords.report(position, new BadRecordError('truncated'))
  t.same(lines, [
    {
      level: 'warn',
      fields: { ...position, reason: 'truncated' },
      message: 'A record is skipped: the value ends before its schema does.',
    },
  ])
  t.equal(meter.badRecords.get('truncated'), 1)
})

test('takes any other error for a fault of its own, with the error in the log', async (t) => {
  const { lines, meter, badRecords } = fixture()
  const error = new TypeError('x is not a function')
  badRecords.report(position, error)
  t.equal(lines[0]?.fields['err'], error)
  t.equal(meter.badRecords.get('internal_error'), 1)
})

test('logs a hundred a minute of each topic and reason, says of how many it did not, and counts all', async (t) => {
  const { lines, meter, clock, badRecords } = fixture()
  for (let i = 0; i < 250; i++) badRecords.report(position, new BadRecordError('not_avro'))
  t.equal(lines.length, 100)
  badRecords.report(position, new BadRecordError('truncated'))
  t.equal(lines.length, 101, 'another reason has lines of its own')
  badRecords.report({ ...position, topic: 'order.create' }, new BadRecordError('not_avro'))
  t.equal(lines.length, 102, 'another topic has lines of its own')
  await clock.advance(60_000)
  badRecords.report(position, new BadRecordError('not_avro'))
  t.equal(lines.length, 104, 'the next minute begins anew')
  t.match(lines[102], { fields: { skipped: 250, logged: 100 }, message: 'More records were skipped than logged, order.update: not_avro.' })
  t.equal(meter.badRecords.get('not_avro'), 252)
})

test('a reason that quotes what it is about does not fill the log', (t) => {
  const { lines, badRecords } = fixture()
  badRecords.report(position, new BadRecordError('schema_invalid', 'x'.repeat(1_000_000)))
  t.ok(lines[0]!.message.length < 600)
  t.match(lines[0]!.message, /^A record is skipped: the registry answered with .*: x+\.\.\.\.$/)
  t.end()
})

test('keeps the latest two hundred, the newest first, logged or not', async (t) => {
  const { clock, badRecords } = fixture()
  t.same(badRecords.recent(), [])
  await clock.advance(1500)
  for (let offset = 0; offset < 250; offset++) badRecords.report({ ...position, offset }, new BadRecordError('not_avro'))
  const recent = badRecords.recent()
  t.same([recent.length, recent[0]?.offset, recent.at(-1)?.offset], [200, 249, 50])
  t.match(recent[0], { topic: 'order.update', partition: 2, reason: 'not_avro', message: /magic byte/, atMs: clock.monotonicMs() })
})
