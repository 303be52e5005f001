import { test } from 'tap'
import type { TokenAsk } from '#client/api.js'
import { SluiceError } from '#client/sluice-error.js'
import { makeTokenSource } from '#client/token-source.js'
import { SimulatedSurroundings } from '../support/client/simulated-surroundings.js'

function source(token: string | ((ask: TokenAsk) => string | Promise<string>)) {
  const world = new SimulatedSurroundings()
  const heard: unknown[] = []
  const tokens = makeTokenSource(
    token,
    world,
    (text) => heard.push(text),
    ({ code, final }) => heard.push([code, final]),
  )
  return { world, heard, tokens, settle: () => new Promise((resolve) => setImmediate(resolve)) }
}

test('however many need a token, one is asked for', async (t) => {
  let calls = 0
  const { heard, tokens, settle } = source(() => Promise.resolve(`token-${++calls}`))
  for (let n = 0; n < 50; n++) tokens.ask('connect')
  await settle()
  t.same([calls, heard], [1, ['token-1']])
  tokens.ask('expiring')
  await settle()
  t.same(heard, ['token-1', 'token-2'])
})

test('what is answered too late is thrown away, and the function is told', async (t) => {
  const answers: ((token: string) => void)[] = []
  const signals: TokenAsk['signal'][] = []
  const { world, heard, tokens, settle } = source(({ signal }) => {
    signals.push(signal)
    return new Promise((resolve) => answers.push(resolve))
  })
  tokens.ask('connect')
  world.advance(30_000)
  t.same([heard, signals[0]?.aborted], [[['token_failed', false]], true])
  tokens.ask('connect')
  answers[1]?.('new')
  answers[0]?.('old')
  await settle()
  t.same(heard, [['token_failed', false], 'new'])
  tokens.ask('connect')
  tokens.stop()
  answers[2]?.('after the end')
  await settle()
  t.same([heard.length, world.timerCount], [2, 0])
})

test('a function that throws or answers no token has failed, finally where it says so', async (t) => {
  const wrong: (() => unknown)[] = [
    () => {
      throw new Error('no')
    },
    () => undefined,
    () => Promise.reject(new Error('no')),
    () => '',
  ]
  for (const token of wrong) {
    const { heard, tokens, settle } = source(token as () => string)
    tokens.ask('connect')
    await settle()
    t.same(heard, [['token_failed', false]])
  }
  const { heard, tokens, settle } = source(() => Promise.reject(new SluiceError('token_failed', 'logged out', true)))
  tokens.ask('connect')
  await settle()
  t.same(heard, [['token_failed', true]])
})
