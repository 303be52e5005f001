import { test } from 'tap'
import { idleLink, linkPhases, type Link, type LinkEvent, type LinkEventType, type Moment, type Step } from '#client/link.js'
import { endOf } from '#client/link-moves.js'
import { linkTable } from '#client/link-table.js'
import { SluiceError } from '#client/sluice-error.js'
import { closeNumbers, isFinalClose } from '#protocol/close-codes.js'
import { fc } from '../support/running/seeded-properties.js'

const settings: Moment['settings'] = { leastMs: 500, mostMs: 30_000, steadyMs: 30_000, mayReturn: () => true }
const now = (nowMs = 1000, chance = 0.5): Moment => ({ nowMs, chance, settings })

function step(link: Link, event: LinkEvent, moment = now()): Step {
  const cell = linkTable[event.type][linkPhases.indexOf(link.at)] as (link: Link, event: LinkEvent, moment: Moment) => Step
  return cell(link, event, moment)
}

/** A live link, as a client comes to it. */
function liveLink(features: readonly string[] = ['ping', 'authenticate'], expiresInMs = 3_600_000, moment = now()): Link {
  const events: LinkEvent[] = [
    { type: 'wanted' },
    { type: 'token', token: 'ann.1', sub: 'ann' },
    { type: 'established', features, limits: {}, expiresInMs },
  ]
  return events.reduce((link, event) => step(link, event, moment)[0], idleLink)
}

const effectsOf = ([, ...effects]: Step) => effects.map(([name]) => name)

test('nothing leads out of a link that is closed', async (t) => {
  const [closed] = step(liveLink(), { type: 'close' })
  for (const type of Object.keys(linkTable) as LinkEventType[]) t.same(step(closed, { type } as LinkEvent), [closed], type)
})

test('obeys every close code: who may come back waits, all others never do', async (t) => {
  const codes = [...Object.values(closeNumbers), ...Array.from({ length: 16 }, (_, n) => 1000 + n)]
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...codes), fc.integer({ min: 3000, max: 4999 })), (code) => {
      const [link] = step(liveLink(), { type: 'ended', ...endOf(code, '') })
      const expected = code === closeNumbers.token_expired ? 'asking' : isFinalClose(code) ? 'closed' : 'waiting'
      if (link.at !== expected) throw new Error(`${code}: ${link.at}`)
    }),
  )
  t.pass()
})

test('asks once for another token where one has expired, and never comes with the same', async (t) => {
  const expired: LinkEvent = { type: 'ended', ...endOf(4500, '') }
  const first = step(liveLink(), expired)
  t.same(first.slice(1), [['down'], ['stale'], ['ask', 'expired']])
  t.match(step(first[0], { type: 'token', token: 'ann.1', sub: 'ann' })[0], { at: 'closed', shown: { error: { code: 'token_expired' } } })
  const [opening] = step(first[0], { type: 'token', token: 'ann.2', sub: 'ann' })
  t.equal(opening.at, 'opening')
  t.equal(step(opening, expired)[0].at, 'closed')
})

test('what another user was shown is forgotten before anything else', async (t) => {
  const [waiting] = step(liveLink(), { type: 'ended', ...endOf(1006, '') })
  const [asking] = step(waiting, { type: 'retry', isLate: false })
  t.same(effectsOf(step(asking, { type: 'token', token: 'ben.1', sub: 'ben' })), ['forget', 'open'])
  const [renewing] = step(liveLink(), { type: 'expiring' })
  t.same(effectsOf(step(renewing, { type: 'token', token: 'ben.1', sub: 'ben' })), ['drop', 'down', 'forget', 'open'])
  const [unread] = step(idleLink, { type: 'wanted' })
  t.same(effectsOf(step(unread, { type: 'token', token: 'x', sub: undefined })), ['open'], 'there is nothing yet')
  t.same(effectsOf(step(asking, { type: 'token', token: 'x', sub: undefined })), ['forget', 'open'], 'whose token it is cannot be read')
  t.same(effectsOf(step(asking, { type: 'token', token: 'ann.1', sub: undefined })), ['open'], 'it is the same one')
})

test('a token that is another user’s by what the server says is brought by a connection of its own', async (t) => {
  const said: LinkEvent = {
    ...{ type: 'unauthenticated', floorMs: 0 },
    error: new SluiceError('token_of_another', 'no', true),
  }
  const [renewing] = step(liveLink(), { type: 'expiring' })
  const [sent] = step(renewing, { type: 'token', token: 'ann.2', sub: 'ann' })
  const [opening, ...effects] = step(sent, said)
  t.equal(opening.token, 'ann.2')
  t.same(effects, [['drop'], ['down'], ['forget'], ['open', 'ann.2']])
  t.equal(step(liveLink(), said)[0].at, 'live', 'no token was sent')
})

test('clients that are closed together do not come back together, and none before the server wishes', async (t) => {
  for (const [code, floorMs] of [
    [4000, 0],
    [4005, 5000],
  ] as const) {
    const windows = new Map<number, number>()
    for (let n = 0; n < 10_000; n++) {
      const [told] = step(liveLink(), { type: 'stay_away', floorMs })
      const [link] = step(told, { type: 'ended', ...endOf(code, '') }, now(1000, (n * 0.618_033_988) % 1))
      const waitMs = link.alarms.retry! - 1000
      if (waitMs < floorMs) t.fail(`${waitMs} ms after a wish of ${floorMs}`)
      windows.set(Math.floor(waitMs / 100), (windows.get(Math.floor(waitMs / 100)) ?? 0) + 1)
    }
    t.ok(Math.max(...windows.values()) <= 400, `${code}: ${Math.max(...windows.values())} in 100 ms`)
  }
})

test('the wait doubles until a connection holds', async (t) => {
  const lost: LinkEvent = { type: 'ended', ...endOf(1006, '') }
  let link = liveLink()
  const waits: number[] = []
  for (let n = 0; n < 8; n++) {
    ;[link] = step(link, lost, now(1000, 1))
    waits.push(link.alarms.retry! - 1000)
    link = { ...liveLink(), failures: link.failures }
  }
  t.same(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  t.equal(step(link, lost, now(31_000, 1))[0].alarms.retry, 31_500)
})

test('a server that says nothing to a ping is given up, but a clock that is late proves nothing', async (t) => {
  const live = liveLink()
  t.equal(live.alarms.silence, 26_000)
  const [asked, ...effects] = step(live, { type: 'silence', isLate: false }, now(26_000))
  t.match(effects, [['send', { type: 'ping', ref: 26_000 }]])
  t.equal(step(asked, { type: 'answer', isLate: false }, now(29_000))[0].at, 'waiting')
  const [again, ...more] = step(asked, { type: 'answer', isLate: true }, now(99_000))
  t.match([again.at, more], ['live', [['send', { type: 'ping' }]]])
  t.equal(step(again, { type: 'answer', isLate: true }, now(200_000))[0].at, 'waiting')
  t.equal(step(again, { type: 'heard', pong: again.ping?.ref }, now(99_100))[0].alarms.answer, undefined)
  t.equal(step(again, { type: 'heard' }, now(101_000))[0].alarms.answer, 104_000, 'any frame is a sign of life, if not an answer')
})

test('a token is replaced ahead of its end, on the open connection where the server can', async (t) => {
  t.equal(liveLink().alarms.renew, 1000 + 3_600_000 - 45_000)
  t.equal(liveLink([], 5000).alarms.renew, 3500, 'a short one after half of its time')
  const [asking, ask] = step(liveLink(), { type: 'renew', isLate: false })
  t.same(ask, ['ask', 'expiring'])
  const [sent, send] = step(asking, { type: 'token', token: 'ann.2', sub: 'ann' })
  t.match(send, ['send', { type: 'authenticate', token: 'ann.2' }])
  const [renewed, told] = step(sent, { type: 'authenticated', expiresInMs: 60_000 })
  t.match([renewed.token, told], ['ann.2', ['token_renewed', { expiresAt: 61_000 }]])
  const [old] = step(liveLink(['ping']), { type: 'renew', isLate: false })
  t.same(effectsOf(step(old, { type: 'token', token: 'ann.2', sub: 'ann' })), ['drop', 'down', 'open'])
})

test('a page need not show that it goes to another server, unless that takes long', async (t) => {
  const [told] = step(liveLink(), { type: 'move', withinMs: 10_000 })
  t.equal(told.alarms.leave, 6000)
  const [moving, ...effects] = step(told, { type: 'leave', isLate: false }, now(6000))
  t.match([moving.at, moving.shown.status, effects], ['asking', 'live', [['drop'], ['down'], ['ask', 'connect']]])
  const [stale, ...late] = step(moving, { type: 'stale', isLate: false }, now(8000))
  t.match([stale.shown.status, late], ['connecting', [['stale']]])
})
