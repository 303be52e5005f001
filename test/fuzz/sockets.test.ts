import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { test } from 'tap'
import { arbitraryConversation, type Conversation } from '../support/clients/arbitrary-conversation.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'
import { ServedGateway } from '../support/gateway/served-gateway.js'
import { signedToken } from '../support/gateway/tokens.js'
import { until } from '../support/running/until.js'

/** On as many sockets at once, so that what is wrong with one can be seen on others. */
const socketsAtOnce = 20

const record = { type: 'record' as const, name: 'Order', fields: [{ name: 'id', type: 'string' }], streamable: true }
const policy = { roles: { all: [{ action: 'read', subject: 'order', fields: ['**'] }] } }

/** Those of this code, and the server library's own. A connection may end when but the first part of one has come. */
const answers = /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)*(?:$|HTTP\/1\.1 (101|200|400|401|403|404|429|431|503|505) )/

/** Who has sent half a head is not answered. Nothing depends on how long that is waited for. */
const silenceMs = 40

/** Resolves with all that came back, when the socket has gone. */
async function answerTo(port: number, { begins, goesOn, leaves }: Conversation): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  const heard = (event: string) => new Promise((resolve) => socket.once(event, resolve))
  const gone = heard('close')
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')))
  const send = async (pieces: readonly Buffer[]) => {
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, () => setImmediate(resolve)))
  }
  await send(begins)
  await Promise.race([gone, heard('data'), new Promise((resolve) => setTimeout(resolve, silenceMs))])
  if (answer.includes(' 101 ')) await send(goesOn)
  if (leaves === 'end') socket.end()
  else if (leaves === 'destroy') socket.destroy()
  else socket.resetAndDestroy()
  await gone
  return answer
}

test('survives whatever comes on its sockets, lets nobody in without a token, and forgets them all', { timeout: 36_000_000 }, async (t) => {
  const token = await signedToken({ roles: ['all'] })
  const served = await ServedGateway.start(t, { order: record }, policy)
  const { meter, url } = served
  const port = Number(new URL(url).port)
  const isWell = async () => (await fetch(`${url.replace('ws', 'http')}/healthz`, { headers: { connection: 'close' } })).ok
  const allHaveGone = () => meter.connections === 0 && meter.subscriptions === 0 && meter.socketsWaiting === 0
  t.ok(await isWell())
  await until(allHaveGone)
  const descriptors = () => readdirSync('/proc/self/fd').length
  const descriptorsBefore = descriptors()
  // Of a token's last character two bits mean nothing.
  const needed = token.slice(0, -1)
  let letIn = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryConversation(token), { minLength: socketsAtOnce, maxLength: socketsAtOnce }),
      async (conversations) => {
        const all = await Promise.all(conversations.map((conversation) => answerTo(port, conversation)))
        for (const [n, answer] of all.entries()) {
          if (!answers.test(answer)) throw new Error(`answered ${JSON.stringify(answer.slice(0, 200))}`)
          if (!answer.includes('HTTP/1.1 101 ')) continue
          letIn++
          if (!Buffer.concat(conversations[n]!.begins).includes(needed)) throw new Error('let in without a token')
        }
        await until(allHaveGone)
        if (!(await isWell())) throw new Error('is not well')
      },
    ),
    { numRuns: Math.ceil(fuzzRuns(400) / socketsAtOnce), endOnFailure: true },
  )
  t.ok(letIn > 60, `${letIn} were let in`)
  if (process.platform === 'linux') {
    await until(() => descriptors() <= descriptorsBefore + 2)
    t.pass('no descriptor is left over')
  }
})
