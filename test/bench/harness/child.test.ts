import { test } from 'tap'
import { Child } from '../../../bench/harness/child.js'
import type { FeederCommands } from '../../../bench/feed/feeder-process.js'

test('all processes can be ended, also one that is stopped and hears of nothing', async (t) => {
  const child = Child.start<FeederCommands>('bench/feed/feeder-process')
  child.signal('SIGSTOP')
  const asked = child.ask('change', { fromSequence: 0, schemaId: 1, extra: { count: 0, length: 0 } })
  Child.killAll()
  await t.rejects(asked, { message: /ended \(SIGKILL\)/ })
  t.ok(child.hasEnded)
})
