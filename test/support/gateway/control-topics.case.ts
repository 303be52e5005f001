import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import type { ControlRecord, ControlTable } from '#gateway/control/control-table.js'
import { ControlTopics } from '#gateway/control/control-topics.js'
import type { PartitionSource } from '#gateway/source/partition-source.js'
import { until } from '../kafka/source-reader.js'
import { recordingLog, type LoggedLine } from '../running/recording-log.js'

export interface ControlSource {
  /** Made anew for each node. */
  readonly source: () => PartitionSource
  /** A topic that no other test uses; it is not made yet. */
  readonly topic: string
  readonly create: (partitions: number) => Promise<void>
  readonly makeAnew: () => Promise<void>
  readonly append: (...records: readonly (readonly [key: string | Buffer, value: string | null])[]) => Promise<void>
  readonly uncompacted?: (topics: readonly string[]) => Promise<readonly string[]>
}

/** What it was told, in order: `key=value`, `anew` and `caught up`. */
class ToldTable implements ControlTable {
  readonly told: string[] = []
  readonly hash = ''
  problem: string | undefined

  take({ key, value }: ControlRecord): void {
    this.told.push(`${key}=${value === null ? 'null' : value.toString()}`)
  }

  lost(): void {
    this.told.push('lost')
  }

  beginAnew(): void {
    this.told.push('anew')
  }

  caughtUp(): void {
    this.told.push('caught up')
  }

  status() {
    return { ready: this.problem === undefined, reason: this.problem }
  }
}

/** What must hold wherever control topics are read from: one suite for all sources. `setUp` cleans up after the test it is given. */
export function testControlTopics(name: string, skip: string | false, setUp: (t: Test) => Promise<ControlSource>): void {
  const check = (sentence: string, body: (t: Test, under: ControlSource & { node: () => ControlledReader }) => Promise<void>) =>
    void test(`control topics from ${name} ${sentence}`, { skip }, async (t) => {
      const under = await setUp(t)
      await body(t, { ...under, node: () => new ControlledReader(t, under) })
    })

  check('are read to the end that they had, before a node is ready, and on', async (t, { create, append, node }) => {
    await create(1)
    for (let n = 0; n < 500; n++) await append([`k${n % 10}`, String(n)])
    const { table, ready, status } = node()
    t.same(status().ready, false)
    await ready
    t.same(table.told.slice(-2), ['k9=499', 'caught up'], 'nothing comes behind it that was there')
    t.equal(table.told.length, 501)
    await append(['k1', null], ['k2', 'later'])
    await until('what is written later', () => table.told.includes('k2=later'))
    t.same(table.told.slice(-2), ['k1=null', 'k2=later'])
    t.match(status(), { ready: true, reason: undefined })
  })

  check('that are missing keep a node from being ready, until they are there', async (t, { create, append, topic, node }) => {
    const { table, status, ready } = node()
    await until('the reason', () => status().reason?.includes(`the control topic ${topic} does not exist`) === true)
    t.equal(status().ready, false)
    await create(1)
    await append(['a', '1'])
    await ready
    await until('what is written', () => table.told.includes('a=1'))
  })

  check('with more than one partition keep a node from being ready', async (t, { create, node }) => {
    await create(2)
    const { status, lines } = node()
    await until('the reason', () => status().reason?.includes('more than one partition') === true)
    t.equal(status().ready, false)
    const said = () => lines.filter(({ message }) => message.includes('more than one partition'))
    await until('the line', () => said().length > 0)
    t.equal(said().length, 1)
  })

  check('that are made anew begin anew, and leave a node ready', async (t, { create, append, makeAnew, node }) => {
    await create(1)
    await append(['a', '1'], ['b', '1'])
    const { table, ready, status } = node()
    await ready
    await makeAnew()
    await append(['b', '2'])
    await until('what is written anew', () => table.told.includes('b=2'))
    await until('the end', () => table.told.filter((one) => one === 'caught up').length > 1)
    t.same(
      table.told.filter((one) => one !== 'caught up'),
      ['a=1', 'b=1', 'anew', 'b=2'],
    )
    t.equal(status().ready, true)
  })

  check('pass over records without a key that can be read, and say so', async (t, { create, append, node }) => {
    await create(1)
    await append([Buffer.from([0xff]), '1'], ['a', '2'])
    const { table, ready, lines } = node()
    await ready
    t.same(table.told, ['a=2', 'caught up'])
    t.match(lines, [{ level: 'error', fields: { offset: 0 }, message: /no key that can be read/ }])
  })

  check('say what keeps their tables from being ready, and that of nodes that are', async (t, { create, append, node }) => {
    await create(1)
    const { table, status, ready } = node()
    table.problem = 'nothing can be used'
    await append(['a', '1'])
    await until('the reason', () => status().reason === 'nothing can be used')
    t.equal(status().ready, false)
    table.problem = undefined
    await append(['a', '2'])
    await ready
    table.problem = 'what came last cannot be used'
    t.match(status(), { ready: true, reason: 'what came last cannot be used' })
  })
}

/** A node that is told by one control topic. */
export class ControlledReader {
  readonly table = new ToldTable()
  readonly lines: LoggedLine[] = []
  readonly ready: Promise<void>
  private readonly topics: ControlTopics

  constructor(t: Test, { source, topic, uncompacted }: Pick<ControlSource, 'source' | 'topic' | 'uncompacted'>) {
    const log = recordingLog(this.lines)
    this.topics = new ControlTopics({ source: source(), tables: new Map([[topic, this.table]]), uncompacted, clock: systemClock, log })
    this.ready = this.topics.start()
    t.teardown(() => this.topics.stop())
  }

  readonly status = () => this.topics.status()
}
