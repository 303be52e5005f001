import { test } from 'tap'
import { LogOutput, type Output } from '#logging/log-output.js'
import { fc } from '../support/running/seeded-properties.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

type Done = Parameters<Output['write']>[1]

/** An output that takes, refuses and keeps waiting as it is told. */
class FakeOutput implements Output {
  text = ''
  last = ''
  /** How many bytes the next write may take; undefined where it fails. */
  room: number | undefined = Infinity
  isStopped = false
  private pending: (() => void) | undefined

  write(bytes: Buffer, done: Done): void {
    if (this.pending !== undefined) throw new Error('written to while a write is under way')
    this.pending = () => {
      this.pending = undefined
      if (this.room === undefined) return done(new Error('ENOSPC'), 0)
      const written = Math.min(this.room, bytes.length)
      this.text += bytes.subarray(0, written).toString()
      done(null, written)
    }
    if (!this.isStopped) this.finish()
  }

  writeLast(bytes: Buffer): void {
    this.last += bytes.toString()
  }

  /** One write comes to its end. */
  finish(): void {
    const pending = this.pending
    if (pending !== undefined) queueMicrotask(pending)
  }
}

function opened() {
  const [output, clock, losses] = [new FakeOutput(), new SimulatedClock(), [] as number[]]
  const log: LogOutput = new LogOutput(output, clock, (lines) => {
    losses.push(lines)
    log.write(`${lines} lost\n`)
  })
  return { output, clock, losses, log }
}

const kilobyte = `${'x'.repeat(1023)}\n`

test('writes every line in its order, also where each write takes only some bytes', async (t) => {
  const { output, clock, log } = opened()
  output.room = 3
  for (const line of ['one\n', 'two\n', 'drei ß\n']) log.write(line)
  await clock.settle()
  t.equal(output.text, 'one\ntwo\ndrei ß\n')
})

test('tries a full disk again until it takes the rest of a line, and what came meanwhile', async (t) => {
  const { output, clock, log } = opened()
  output.isStopped = true
  log.write('first line\n')
  output.room = 5
  output.finish()
  await clock.settle()
  output.room = undefined
  output.finish()
  log.write('second line\n')
  await clock.settle()
  t.equal(output.text, 'first')
  output.isStopped = false
  await clock.advance(10_000)
  t.equal(output.text, 'first')
  output.room = Infinity
  await clock.advance(100)
  t.equal(output.text, 'first line\nsecond line\n')
  t.equal(log.lost, 0)
})

test('holds a megabyte for a reader that has stopped, loses what is more, and says how much in the place of the gap', async (t) => {
  const { output, clock, losses, log } = opened()
  output.isStopped = true
  for (let n = 0; n < 3000; n++) log.write(kilobyte)
  t.equal(log.lost, 3000 - 1024)
  t.same(losses, [])
  output.isStopped = false
  output.finish()
  await clock.settle()
  log.write('afterwards\n')
  await clock.settle()
  t.same(losses, [3000 - 1024])
  t.equal(output.text, kilobyte.repeat(1024) + '1976 lost\nafterwards\n')
  t.equal(log.lost, 3000 - 1024)
})

test('a reader that is always too slow makes few gaps, and not one for each line', async (t) => {
  const { output, clock, losses, log } = opened()
  output.isStopped = true
  for (let round = 0; round < 200; round++) {
    for (let n = 0; n < 300; n++) log.write(kilobyte)
    output.finish()
    await clock.settle()
  }
  t.ok(log.lost > 10_000)
  t.ok(losses.length > 0 && losses.length < 60, String(losses.length))
})

test('waits for the last lines when the process ends, but no longer than it is told', async (t) => {
  const { output, clock, log } = opened()
  await log.flush(1000)
  log.write('line\n')
  await log.flush(1000)
  t.equal(output.text, 'line\n')
  output.room = undefined
  log.write('never\n')
  let isOver = false
  const flushed = log.flush(1000).then(() => (isOver = true))
  await clock.advance(999)
  t.notOk(isOver)
  await clock.advance(1)
  await flushed
})

test('hands on what waits when the process ends by a fault, without what is on its way already', async (t) => {
  const { output, log } = opened()
  output.isStopped = true
  for (const line of ['on its way\n', 'waits\n', 'waits too\n']) log.write(line)
  log.writeLast()
  log.writeLast()
  t.equal(output.last, 'waits\nwaits too\n')
})

test('whatever an output does, whole lines leave in their order, or are counted as lost', async () => {
  const step = fc.oneof(
    fc.record({ lines: fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 4 }) }),
    fc.record({ room: fc.option(fc.integer({ min: 1, max: 2_000_000 }), { nil: undefined }) }),
    fc.record({ waitMs: fc.integer({ min: 0, max: 300 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { output, clock, losses, log } = opened()
      let written = 0
      for (const step of steps) {
        if ('lines' in step) for (const length of step.lines) log.write(`${written++} ${'x'.repeat(length)}\n`)
        else if ('room' in step) output.room = step.room
        else await clock.advance(step.waitMs)
      }
      output.room = Infinity
      await clock.advance(1000)
      const lines = output.text.split('\n').slice(0, -1)
      const told = lines.filter((line) => line.endsWith('lost'))
      const numbers = lines.filter((line) => !line.endsWith('lost')).map((line) => Number(line.split(' ')[0]))
      if (numbers.some((number, at) => at > 0 && number <= numbers[at - 1]!)) throw new Error('out of order')
      if (numbers.length + log.lost !== written) throw new Error(`${numbers.length} left, ${log.lost} lost of ${written}`)
      if (losses.reduce((sum, lost) => sum + lost, 0) !== log.lost || told.length !== losses.length) throw new Error('a loss is not told')
    }),
    { numRuns: 60 },
  )
})
