import { test } from 'tap'
import { CloseWhenFull } from '#gateway/deliver/backlog/close-when-full.js'
import { Actor } from '#gateway/deliver/connection/actor.js'
import { ActorScheduler } from '#gateway/deliver/connection/actor-scheduler.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

class Recorder extends Actor<{ readonly text: string; readonly size: number; mailboxes: number }> {
  readonly seen: string[] = []
  readonly failures: unknown[] = []
  overflows = 0
  turns = 0
  ready = true
  failsToEnd = false

  constructor(scheduler: ActorScheduler, runEarlyBytes = 100, bytesMax = 200) {
    super(scheduler, new CloseWhenFull({ mailboxBytes: 0 }, bytesMax), runEarlyBytes)
  }

  say(text: string): void {
    this.tell({ text, size: text.length, mailboxes: 0 })
  }

  protected override isReady(): boolean {
    return this.ready
  }

  protected override turn(handleWaiting: () => void): void {
    this.turns++
    handleWaiting()
  }

  protected override receive({ text }: { readonly text: string }): void {
    if (text === 'fail') throw new Error('as asked')
    if (text === 'again') this.say('told by itself')
    this.seen.push(text)
  }

  protected override overflowed(): void {
    this.overflows++
    this.stop()
  }

  protected override failed(error: unknown): void {
    this.failures.push(error)
    if (this.failsToEnd) throw new Error('as asked, too')
  }
}

test('handles the messages of a tick in one turn and in order', async (t) => {
  const clock = new SimulatedClock()
  const actor = new Recorder(new ActorScheduler(clock))
  actor.say('a')
  actor.say('b')
  t.same(actor.seen, [])
  clock.tick()
  t.same(actor.seen, ['a', 'b'])
  t.equal(actor.turns, 1)
})

test('an actor that throws stops, and its neighbours go on', async (t) => {
  const clock = new SimulatedClock()
  const scheduler = new ActorScheduler(clock)
  const [failing, neighbour] = [new Recorder(scheduler), new Recorder(scheduler)]
  for (const message of ['a', 'fail', 'b']) failing.say(message)
  neighbour.say('c')
  clock.tick()
  failing.say('d')
  clock.tick()
  t.same(failing.seen, ['a'])
  t.equal(failing.failures.length, 1)
  t.ok(failing.isStopped)
  t.same(neighbour.seen, ['c'])
})

test('an actor that fails even to end keeps nobody from their turn in the round, nor those who told it', async (t) => {
  const clock = new SimulatedClock()
  const scheduler = new ActorScheduler(clock)
  const actors = Array.from({ length: 5 }, () => new Recorder(scheduler, 3))
  for (const [number, actor] of actors.entries()) {
    actor.failsToEnd = true
    actor.say(number === 2 ? 'fail' : 'a')
  }
  let rounds = 0
  scheduler.afterRound(() => rounds++)
  clock.tick()
  t.same(
    actors.map(({ seen }) => seen.length),
    [1, 1, 1, 1, 1].with(2, 0),
  )
  t.same(
    actors.map(({ isStopped }) => isStopped),
    [false, false, true, false, false],
  )
  t.equal(rounds, 1)
  actors[0]!.fail(new Error('from outside'))
  t.equal(actors[0]!.failures.length, 1)
  t.ok(actors[0]!.isStopped)
})

test('runs before the tick ends when more waits than it likes, so that a burst does not overflow it', async (t) => {
  const actor = new Recorder(new ActorScheduler(new SimulatedClock()), 10, 20)
  for (let i = 0; i < 100; i++) actor.say('12345')
  t.equal(actor.overflows, 0)
  t.ok(actor.seen.length >= 97)
})

test('overflows when it is not ready and more waits than may', async (t) => {
  const actor = new Recorder(new ActorScheduler(new SimulatedClock()), 10, 20)
  actor.ready = false
  for (let i = 0; i < 4; i++) actor.say('12345')
  t.equal(actor.overflows, 0)
  actor.say('12345')
  t.equal(actor.overflows, 1)
  t.same(actor.seen, [])
})

test('handles what it tells itself within the same turn', async (t) => {
  const clock = new SimulatedClock()
  const actor = new Recorder(new ActorScheduler(clock), 0, 200)
  actor.say('again')
  t.same(actor.seen, ['again', 'told by itself'])
  t.equal(actor.turns, 1)
})

test('goes on when it is woken after it was not ready', async (t) => {
  const clock = new SimulatedClock()
  const actor = new Recorder(new ActorScheduler(clock))
  actor.ready = false
  actor.say('a')
  clock.tick()
  t.same(actor.seen, [])
  actor.ready = true
  actor.wake()
  clock.tick()
  t.same(actor.seen, ['a'])
})
