import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type Test } from 'tap'
import { systemClock } from '#clock.js'
import { waitForNodes } from '#tools/cli/control/wait-for-nodes.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

/** A node whose offset grows by one each time that it is asked. @param hash of what is in force when it has read up to offset 8. */
async function nodeAt(t: Test, topic: string, offset: number, hash = 'before'): Promise<string> {
  let asked = 0
  const server = createServer((_request, response) => {
    const read = offset + asked++
    const inForce = read < 8 ? 'before' : hash
    response.end(`a 1\nsluice_control_offset{topic="${topic}"} ${read}\nsluice_control_hash{topic="${topic}",hash="${inForce}"} 1\nb 2\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('waits until the record is in force at all nodes', async (t) => {
  const terminal = Object.assign(new FakeTerminal(), { clock: systemClock })
  const written = { topic: 'policy', offset: 7 }
  t.equal(await waitForNodes({}, written, terminal), 0)
  t.equal(terminal.out, '')
  const nodes = [await nodeAt(t, 'policy', 8), await nodeAt(t, 'policy', 5)]
  t.equal(await waitForNodes({ wait: nodes }, written, terminal), 0)
  t.equal(terminal.out, 'In force at all 2 nodes.\n')
})

test('says where a node has read a policy and does not go by it', async (t) => {
  const terminal = Object.assign(new FakeTerminal(), { clock: systemClock })
  const written = { topic: 'policy', offset: 7, hash: 'abc' }
  const nodes = [await nodeAt(t, 'policy', 6, 'abc'), await nodeAt(t, 'policy', 6, '')]
  t.equal(await waitForNodes({ wait: nodes.slice(0, 1) }, written, terminal), 0)
  const refusing = await nodeAt(t, 'policy', 6)
  t.equal(await waitForNodes({ wait: [...nodes, refusing] }, written, terminal), 1)
  const sentence = `${nodes[1]} has read it and goes by none: .*; ${refusing} has read it and goes by another one \\(before\\): `
  t.match(terminal.err, new RegExp(`^It is written, and not all nodes go by it: ${sentence}`))
  t.equal(terminal.out, 'In force at the node.\n')
})

test('names the nodes that do not have it in time', async (t) => {
  const terminal = Object.assign(new FakeTerminal(), { clock: { ...systemClock, monotonicMs: () => (nowMs += 40_000) } })
  let nowMs = 0
  const behind = await nodeAt(t, 'shop.policy', -100)
  const other = await nodeAt(t, 'shopXpolicy', 100)
  const waiting = waitForNodes(
    { wait: [behind, other, 'http://127.0.0.1:1', await nodeAt(t, 'shop.policy', 8)] },
    { topic: 'shop.policy', offset: 7 },
    terminal,
  )
  await t.rejects(waiting, {
    name: 'UnavailableError',
    message: new RegExp(
      `^It is written, and not in force everywhere: ${behind} .*; ${other} does not read shop.policy, .*; http://127.0.0.1:1 `,
    ),
  })
})
