import { test } from 'tap'
import { WorkRounds, type TableWork } from '#gateway/collections/work-rounds.js'
import { SimulatedClock } from '../../support/running/simulated-clock.js'

class CountedWork implements TableWork {
  readonly taken: number[] = []
  readonly errors: unknown[] = []

  constructor(
    private left: number,
    private readonly act: () => void = () => undefined,
  ) {}

  get rests(): boolean {
    return this.left === 0 || this.errors.length > 0
  }

  take(most: number) {
    this.act()
    const entities = Math.min(this.left, most)
    this.left -= entities
    this.taken.push(entities)
    return { entities }
  }

  fail(error: unknown): void {
    this.errors.push(error)
  }
}

test('takes all works forward by turns, a bounded part in each tick, and what is urgent first', async (t) => {
  const clock = new SimulatedClock()
  const rounds = new WorkRounds(clock)
  const [one, other, urgent] = [new CountedWork(1_000), new CountedWork(250), new CountedWork(300)]
  rounds.add(one)
  rounds.add(other)
  rounds.add(urgent, true)
  const sum = () => [one, other, urgent].map(({ taken }) => taken.reduce((all, entities) => all + entities, 0))
  clock.tick()
  t.same(sum(), [100, 0, 300])
  clock.tick()
  t.same(sum(), [300, 200, 300])
  await clock.settle()
  t.same(sum(), [1_000, 250, 300])
  rounds.stop()
})

test('one that throws ends those for whom it is, and holds up nobody else', async (t) => {
  const clock = new SimulatedClock()
  const rounds = new WorkRounds(clock)
  const broken = new CountedWork(100, () => {
    throw new Error('a fault of ours')
  })
  const sound = new CountedWork(500)
  rounds.add(broken)
  rounds.add(sound)
  await clock.settle()
  t.match(broken.errors, [{ message: 'a fault of ours' }])
  t.equal(sound.rests, true)
  rounds.stop()
})

test('one that is to wait has its turn again in its time, however often it is added meanwhile', async (t) => {
  const clock = new SimulatedClock()
  const rounds = new WorkRounds(clock)
  let asked = 0
  const waiting: TableWork = { rests: false, take: () => (asked++, { laterMs: 100 }), fail: () => undefined }
  rounds.add(waiting)
  await clock.advance(50)
  rounds.add(waiting)
  await clock.advance(1)
  t.equal(asked, 2)
  await clock.advance(98)
  t.equal(asked, 2, 'the later of its times counts')
  await clock.advance(10)
  t.equal(asked, 3)
  rounds.stop()
  await clock.advance(1_000)
  t.equal(asked, 3)
})
