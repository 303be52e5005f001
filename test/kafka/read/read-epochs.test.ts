import { test } from 'tap'
import { readFetchedLog } from '#kafka/fetched-log.js'
import { ReadEpochs } from '#kafka/read/read-epochs.js'
import { Reading } from '#kafka/read/reading.js'
import { FakePartition, type FakeReplica } from '../../support/kafka/fake-partition.js'
import { fc } from '../../support/running/seeded-properties.js'

test('nothing is known of what was read before an epoch was', (t) => {
  const epochs = new ReadEpochs()
  t.equal(epochs.last, -1)
  t.equal(epochs.cut({ epoch: 3, endOffset: 5 }, 10), undefined)
  epochs.note(2, 0)
  epochs.note(1, 5)
  t.equal(epochs.last, 2, 'epochs never fall')
  epochs.beginAt(9)
  t.equal(epochs.last, -1)
  t.end()
})

test('a cut that goes back beyond the epochs that are kept begins too early, never too late', (t) => {
  const epochs = new ReadEpochs()
  for (let epoch = 1; epoch <= 1000; epoch++) epochs.note(epoch, 10 * epoch)
  t.equal(epochs.cut({ epoch: 999, endOffset: 10_000 }, 10_010), 10_000)
  t.equal(epochs.cut({ epoch: 990, endOffset: 9_905 }, 10_000), 9_905)
  t.equal(epochs.cut({ epoch: 500, endOffset: 5_005 }, 9_905), 10, 'from where on epoch 501 may have been read')
  t.end()
})

/** What happens to a log while it is read. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'read' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'election' as const }) },
  {
    weight: 3,
    // Who takes over has what some replica had at some time, up to some offset.
    arbitrary: fc.record({ kind: fc.constant('unclean' as const), at: fc.nat(4), share: fc.constantFrom(0, 0.3, 0.6, 0.9, 1) }),
  },
)

type Happening = typeof happening extends fc.Arbitrary<infer Kind> ? Kind : never

/** A log with its reader. */
class ReadLog {
  readonly log = new FakePartition(1)
  readonly reading = new Reading('orders', undefined, 0, 'end')
  /** By offset: all values that came, one after the other. */
  readonly came: string[][] = []
  /** What was gone back to though the log still had it, and it was written after the start. */
  readonly tooEarly: string[] = []
  private readonly replicas: FakeReplica[] = []
  /** How many were written, of which some may be gone. */
  values = 0
  /** How many unclean elections there were since the start. */
  takeovers = 0
  private valuesAtStart = 0
  private readFrom = 0

  constructor(private readonly batchesMax: number) {}

  happens(what: Happening): void {
    if (what.kind === 'read') this.read()
    else if (what.kind === 'append') for (let n = 0; n < what.count; n++) this.log.append(String(this.values++))
    else if (what.kind === 'election') this.log.elect(1)
    else {
      this.takeovers++
      this.replicas.unshift(this.log.replica)
      const replica = this.replicas[what.at % this.replicas.length]!
      this.log.electUncleanly(Math.floor(what.share * (replica.written.length + 1)), replica)
    }
  }

  /** Begins to read. A log that has no leader just then is asked for its end when it has one, and some records more. */
  start(isLed: boolean): void {
    const { log, reading } = this
    this.valuesAtStart = this.values
    this.takeovers = 0
    if (!isLed) log.elect(-1)
    reading.noteLeader(log.leader, log.leaderEpoch)
    if (!isLed) log.elect(1)
    if (!isLed) this.happens({ kind: 'append', count: 2 })
    reading.noteLeader(log.leader, log.leaderEpoch)
    reading.place(log)
    this.read()
    this.readFrom = reading.position
  }

  /** Whether there was something to read. */
  read(): boolean {
    const { log, reading } = this
    reading.noteLeader(log.leader, log.leaderEpoch)
    const { position: from } = reading
    const answer = log.fetch(reading)
    if (answer === undefined) return false
    if (answer.diverging !== undefined) {
      if (reading.goBack(answer.diverging) === undefined) throw new Error('nothing new is answered')
      const now = log.values[reading.position]
      if (reading.position < from && Number(now) >= this.valuesAtStart && this.came[reading.position]?.at(-1) === now)
        this.tooEarly.push(now!)
    } else if (answer.errorCode !== 0) throw new Error(`error ${answer.errorCode}`)
    else {
      const { batches } = readFetchedLog(answer.log, [], answer.endOffset)
      const taken = batches.slice(0, this.batchesMax)
      for (const { offset, value } of taken.flatMap((batch) => batch.records())) (this.came[offset] ??= []).push(value!.toString())
      reading.moveTo(taken.at(-1)!.lastOffset + 1, taken.at(-1)!.leaderEpoch)
    }
    return true
  }

  /** What the log holds now where it was read, and that did not come as the last of its offset. */
  get lost(): string[] {
    return this.log.values.filter((value, offset) => offset >= this.readFrom && this.came[offset]?.at(-1) !== value)
  }

  readAll(): void {
    while (this.read());
  }
}

for (const batchesMax of [1, 5]) {
  test(`whatever elections do to a log, what it holds in the end was read, by answers of up to ${batchesMax} batches`, (t) => {
    const life = fc.array(happening, { maxLength: 40, size: 'max' })
    fc.assert(
      fc.property(life, life, fc.boolean(), (before, after, isLed) => {
        const one = new ReadLog(batchesMax)
        for (const what of before) if (what.kind !== 'read') one.happens(what)
        one.start(isLed)
        for (const what of after) one.happens(what)
        one.readAll()
        if (one.lost.length > 0) throw new Error(`lost: ${one.lost.join()}`)
        // An answer that holds one epoch says exactly where that begins.
        if (one.takeovers === 1 && batchesMax === 1 && one.tooEarly.length > 0)
          throw new Error(`read again, though still there: ${one.tooEarly.join()}`)
      }),
      { numRuns: 500 },
    )
    t.end()
  })
}
