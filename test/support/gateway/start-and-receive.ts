// Starts the gateway on its embedded default by the command that the arguments name, waits until a client that speaks the seed's
// protocol and the client library have received an update of the sample shop, and ends that command by SIGTERM. Exit code 0 when all of it
// went well.
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { SluiceClient } from '#client/sluice-client.js'
import { bearerHeaders } from '#protocol/credentials.js'
import { readMessage } from '#protocol/message.js'
import { writeRequest } from '#protocol/request.js'

const timeoutMs = 120_000 // `npx` may have to fetch that Node first.

const [command, ...args] = process.argv.slice(2)
if (command === undefined) throw new Error('Name the command to start with, for example: npm start')

const gateway = spawn(command, args, {
  env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0', ADMIN_PORT: '0', SERVER: process.env['SERVER'] },
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
})
process.once('exit', killAll)
const limit = setTimeout(() => fail('no update within the time limit'), timeoutMs)

const printed: string[] = []
const tokens: string[] = []
for await (const line of createInterface({ input: gateway.stdout })) {
  printed.push(line)
  const address = /ws:\/\/\S+:\d+/.exec(printed.join('\n'))?.[0]
  const token = /--token (\S+)/.exec(line)?.[1]
  if (token !== undefined) tokens.push(token)
  if (address === undefined || tokens[0] === undefined) continue
  await untilReady(address)
  await receiveUpdate(address, tokens[0])
  await followOrder(address, tokens[0])
  process.kill(gateway.pid!, 'SIGTERM')
  const [code] = (await once(gateway, 'exit')) as [number | null]
  clearTimeout(limit)
  if (code !== 0) fail(`the gateway left with ${code} after SIGTERM`)
  process.stdout.write(`${command} ${args.join(' ')}: clients received updates, and the gateway left cleanly.\n`)
  process.exit(0)
}
fail('the gateway ended before it printed its address and a token')

/** It greets people a moment before it lets clients in. */
async function untilReady(address: string): Promise<void> {
  while (!(await fetch(`${address.replace('ws', 'http')}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function receiveUpdate(address: string, token: string): Promise<void> {
  const socket = new WebSocket(`${address}/ws/start-check`, { headers: bearerHeaders(token) })
  socket.on('open', () => socket.send(writeRequest({ type: 'subscribe', entity_id: 'order-1001' })))
  for await (const [data] of on(socket, 'message')) {
    if (readMessage(String(data))?.type === 'entity_update') break
  }
  socket.terminate()
}

/** With the WebSocket that this Node has itself, if it has one. */
async function followOrder(address: string, token: string): Promise<void> {
  const own = 'WebSocket' in globalThis
  const client = new SluiceClient(address, { token, WebSocket: own ? undefined : WebSocket })
  for await (const { operation } of client.subscribe('order', 'order-1001', { snapshot: true })) if (operation === 'update') break
  client.close()
}

/** The whole process group, as `npx` is the parent of the Node that it starts. */
function killAll(): void {
  try {
    process.kill(-gateway.pid!, 'SIGKILL')
  } catch {
    // It has already gone.
  }
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n${printed.join('\n')}\n`)
  process.exit(1)
}
