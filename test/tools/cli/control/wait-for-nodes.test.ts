import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { waitForNodes } from '#tools/cli/control/wait-for-nodes.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

/** A node whose offset grows by one each time that it is asked. */
async function nodeAt(t: Test, topic: string, offset: number): Promise<string> {
  let asked = 0
  const server = createServer((_request, response) =>
    response.end(`a 1\nsluice_control_offset{topic="${topic}"} ${offset + asked++}\nb 2\n`),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('waits until the record is in force at all nodes', async (t) => {
  const terminal = Object.assign(new FakeTerminal(), { clock: systemClock })
  await waitForNodes({}, 'policy', 7, terminal)
  t.equal(terminal.out, '')
  const nodes = [await nodeAt(t, 'policy', 8), await nodeAt(t, 'policy', 5)]
  await waitForNodes({ wait: nodes }, 'policy', 7, terminal)
  t.equal(terminal.out, 'In force at all 2 nodes.\n')
})

test('names the nodes that do not have it in time', async (t) => {
  const terminal = Object.assign(new FakeTerminal(), { clock: { ...systemClock, monotonicMs: () => (nowMs += 40_000) } })
  let nowMs = 0
  const behind = await nodeAt(t, 'shop.policy', -100)
  const other = await nodeAt(t, 'shopXpolicy', 100)
  const waiting = waitForNodes(
    { wait: [behind, other, 'http://127.0.0.1:1', await nodeAt(t, 'shop.policy', 8)] },
    'shop.policy',
    7,
    terminal,
  )
  await t.rejects(waiting, {
    name: 'UnavailableError',
    message: new RegExp(
      `^It is written, and not in force everywhere: ${behind} .*; ${other} does not read shop.policy, .*; http://127.0.0.1:1 `,
    ),
  })
})
