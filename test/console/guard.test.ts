import { test } from 'tap'
import { type AdminRequest, AdminRefusal } from '#gateway/observe/admin-answer.js'
import type { AdminToken } from '#config/admin-tokens.js'
import { Guard } from '#console/guard.js'
import { recordingLog, type LoggedLine } from '../support/running/recording-log.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

const viewer: AdminToken = { label: 'ann', rights: new Set(['view']), token: 'v'.repeat(43) }
const actor: AdminToken = { label: 'bob', rights: new Set(['view', 'act']), token: 'a'.repeat(43) }

function guarded(lines: LoggedLine[] = []) {
  const clock = new SimulatedClock()
  return { clock, guard: new Guard({ tokens: [viewer, actor], hosts: ['sluice.example'], clock, log: recordingLog(lines) }) }
}

function request(headers: AdminRequest['headers'], address = '10.0.0.1'): AdminRequest {
  const all = { host: '127.0.0.1:9090', ...headers }
  return { path: '/api/session', query: new URLSearchParams(), headers: all, address, body: () => Promise.resolve('') }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** The status and the error of a refusal; `let in` where there is none. */
function outcome(ask: () => unknown): string {
  try {
    ask()
    return 'let in'
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error
    return `${error.answer.status} ${(JSON.parse(error.answer.body as string) as { error: string }).error}`
  }
}

test('the console is asked by an address, by localhost or by a name that is known, as pages of others ask by names of theirs', async (t) => {
  const { guard } = guarded()
  const hosts = ['127.0.0.1:9090', 'localhost:9090', 'localhost', '[::1]:9090', '192.168.1.7:80', 'sluice.example:9090', 'SLUICE.example']
  for (const host of hosts)
    t.equal(
      outcome(() => guard.checkHost(request({ host }))),
      'let in',
      host,
    )
  const foreign = [
    'rebound.example:9090',
    'localhost.example',
    '127.0.0.1.example',
    'sluice.example.evil',
    '',
    'a b',
    '127.0.0.1@evil.example',
  ]
  for (const host of foreign)
    t.equal(
      outcome(() => guard.checkHost(request({ host }))),
      '403 host_unknown',
      host,
    )
  t.equal(
    outcome(() => guard.admit(request({ ...bearer(actor.token), host: 'rebound.example' }), 'view')),
    '403 host_unknown',
  )
})

test('who has a token is let in, by the rights of the token alone', async (t) => {
  const { guard } = guarded()
  t.equal(guard.admit(request(bearer(viewer.token)), 'view').label, 'ann')
  t.equal(guard.admit(request(bearer(actor.token)), 'act').label, 'bob')
  t.equal(
    outcome(() => guard.admit(request(bearer(viewer.token)), 'act')),
    '403 right_missing',
  )
  t.equal(
    outcome(() => guard.admit(request({}), 'view')),
    '401 token_missing',
  )
  for (const token of ['', ' ', 'x', viewer.token.slice(1), `${viewer.token}v`])
    t.match(
      outcome(() => guarded().guard.admit(request(bearer(token)), 'view')),
      /^401 token_(wrong|missing)$/,
      token,
    )
})

test('after five wrong tokens an address is not listened to for a minute, and each is a line of the log without the token', async (t) => {
  const lines: LoggedLine[] = []
  const { guard, clock } = guarded(lines)
  const wrong = (address?: string) => outcome(() => guard.admit(request(bearer('guessed'), address), 'view'))
  for (let tries = 0; tries < 5; tries++) t.equal(wrong(), '401 token_wrong')
  t.equal(wrong(), '429 too_many_wrong_tokens')
  await clock.advance(20_000)
  try {
    guard.admit(request(bearer(viewer.token)), 'view')
    t.fail('guesses would be told apart, however many')
  } catch (error) {
    const { status, headers, body } = (error as AdminRefusal).answer
    t.match([status, headers], [429, { 'Retry-After': '40' }])
    t.match(body, 'None of it is looked at for 40 s, the right one neither.')
  }
  t.equal(wrong('10.0.0.2'), '401 token_wrong')
  t.equal(lines.length, 6)
  t.notMatch(JSON.stringify(lines), /guessed/)
  await clock.advance(40_000)
  t.equal(
    outcome(() => guard.admit(request(bearer(viewer.token)), 'view')),
    'let in',
  )
})

test('wrong tokens of more addresses than are kept count together', async (t) => {
  const { guard } = guarded()
  const wrong = (n: number) => outcome(() => guard.admit(request(bearer('guessed'), `10.1.${n >> 8}.${n & 255}`), 'view'))
  for (let n = 0; n < 1005; n++) t.equal(wrong(n), '401 token_wrong')
  t.equal(wrong(1005), '429 too_many_wrong_tokens')
  t.equal(wrong(0), '401 token_wrong')
})

test('only a page of this port changes something, and by JSON, which no form sends', async (t) => {
  const { guard } = guarded()
  const json = { ...bearer(actor.token), 'content-type': 'application/json' }
  const change = (headers: AdminRequest['headers']) => outcome(() => guard.admitChange(request(headers)))
  t.equal(change({ ...json, origin: 'http://127.0.0.1:9090' }), 'let in')
  t.equal(change({ ...json, 'sec-fetch-site': 'same-origin' }), 'let in')
  for (const origin of ['http://evil.example', 'http://127.0.0.1:9091', 'null', ''])
    t.equal(change({ ...json, origin, 'sec-fetch-site': 'same-origin' }), '403 origin_foreign', origin)
  for (const site of ['cross-site', 'same-site', 'none']) t.equal(change({ ...json, 'sec-fetch-site': site }), '403 origin_foreign', site)
  t.equal(change(json), '403 origin_foreign')
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', 'application/jsonp'])
    t.equal(change({ ...json, origin: 'http://127.0.0.1:9090', 'content-type': type }), '415 not_json', type)
  t.equal(change({ ...json, ...bearer(viewer.token), origin: 'http://127.0.0.1:9090' }), '403 right_missing')
})
