import { test } from 'tap'
import { ActorScheduler } from '#gateway/deliver/connection/actor-scheduler.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

class Stage {
  readonly clock = new SimulatedClock()
  readonly scheduler = new ActorScheduler(this.clock, 2)
  private readonly events: string[] = []

  schedule(...names: string[]): void {
    for (const name of names) this.scheduler.schedule({ run: () => this.events.push(name) })
  }

  awaitRound(name: string): void {
    this.scheduler.afterRound(() => this.events.push(name))
  }

  /** What happens in the next tick. */
  tick(): string[] {
    this.clock.tick()
    return this.events.splice(0)
  }
}

test('runs so many actors in a tick, in the order in which they were scheduled', async (t) => {
  const stage = new Stage()
  stage.schedule('a', 'b', 'c', 'd', 'e')
  t.same([stage.tick(), stage.tick(), stage.tick()], [['a', 'b'], ['c', 'd'], ['e']])
  t.notOk(stage.clock.tick(), 'and asks for no further tick')
})

test('whoever is scheduled while a round is under way is in the next one', async (t) => {
  const stage = new Stage()
  stage.schedule('a', 'b', 'c')
  t.same(stage.tick(), ['a', 'b'])
  stage.schedule('d', 'e', 'f')
  t.same([stage.tick(), stage.tick(), stage.tick()], [['c'], ['d', 'e'], ['f']])
})

test('calls after a round when all that were scheduled have run', async (t) => {
  const stage = new Stage()
  stage.schedule('a', 'b', 'c')
  stage.awaitRound('all three')
  t.same(stage.tick(), ['a', 'b'])
  stage.awaitRound('the rest')
  stage.schedule('d')
  t.same(
    [stage.tick(), stage.tick()],
    [
      ['c', 'all three'],
      ['d', 'the rest'],
    ],
  )
})

test('calls after a round that is under way though nobody is in the next one', async (t) => {
  const stage = new Stage()
  stage.schedule('a', 'b', 'c')
  stage.tick()
  stage.awaitRound('all')
  t.same([stage.tick(), stage.tick()], [['c'], ['all']])
  t.notOk(stage.clock.tick())
})

test('calls at once where nobody is to run', async (t) => {
  const stage = new Stage()
  stage.awaitRound('none')
  t.same(stage.tick(), ['none'])
})
