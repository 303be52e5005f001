import { test } from 'tap'
import { FetchSession } from '#kafka/wire/fetch-session.js'

function placeOf(partition: number, position = 0) {
  return { topic: 'orders', topicId: 'ab'.repeat(16), partition, position, leaderEpoch: 3, lastEpoch: 2 }
}

const made = { errorCode: 0, sessionId: 7 }

test('tells a broker of all partitions first, and then of those that have moved, came or left', (t) => {
  const session = new FetchSession<ReturnType<typeof placeOf>>(13)
  const [first, second, third] = [placeOf(0), placeOf(1), placeOf(2)]
  t.same(session.next([first, second]), { sessionId: 0, sessionEpoch: 0, places: [first, second], forgotten: [] })
  t.ok(session.goesOn(made))
  first.position = 5
  t.same(session.next([first, second]), { sessionId: 7, sessionEpoch: 1, places: [first], forgotten: [] })
  session.goesOn(made)
  t.same(session.next([second, third]), { sessionId: 7, sessionEpoch: 2, places: [third], forgotten: [first] })
  session.goesOn(made)
  t.same(session.next([first, second, third]), { sessionId: 7, sessionEpoch: 3, places: [first], forgotten: [] })
  session.goesOn(made)
  second.leaderEpoch = 4
  t.same(session.next([first, second, third]).places, [second])
  session.goesOn(made)
  third.lastEpoch = 3
  t.same(session.next([first, second, third]).places, [third])
  t.end()
})

test('a partition that takes the place of another one of its name is told, and the other one not forgotten', (t) => {
  const session = new FetchSession<ReturnType<typeof placeOf>>(12)
  const [before, after] = [placeOf(0, 5), placeOf(0)]
  session.next([before])
  session.goesOn(made)
  t.same(session.next([after]), { sessionId: 7, sessionEpoch: 1, places: [after], forgotten: [] })
  t.equal(session.find('orders', 0)?.place, after)
  t.end()
})

test('a broker that forgets the session, or knows it otherwise, is told of all again; any other error is one', (t) => {
  for (const errorCode of [70, 71, 106]) {
    const session = new FetchSession<ReturnType<typeof placeOf>>(13)
    const place = placeOf(0)
    session.next([place])
    session.goesOn(made)
    session.next([place])
    t.notOk(session.goesOn({ errorCode, sessionId: 0 }))
    t.same(session.next([place]), { sessionId: 0, sessionEpoch: 0, places: [place], forgotten: [] })
    t.throws(() => session.goesOn({ errorCode: 29, sessionId: 0 }), /error 29/)
  }
  t.end()
})

test('a broker without room for a session is told of all each time', (t) => {
  const session = new FetchSession<ReturnType<typeof placeOf>>(4)
  const place = placeOf(0)
  for (let n = 0; n < 3; n++) {
    t.same(session.next([place]), { sessionId: 0, sessionEpoch: 0, places: [place], forgotten: [] })
    t.ok(session.goesOn({ errorCode: 0, sessionId: 0 }))
  }
  t.end()
})

test('knows from where a partition was asked, by the name or the id of its topic, and no other', (t) => {
  for (const [version, topic, other] of [
    [12, 'orders', 'ab'.repeat(16)],
    [13, 'ab'.repeat(16), 'orders'],
  ] as const) {
    const session = new FetchSession<ReturnType<typeof placeOf>>(version)
    const place = placeOf(1, 5)
    session.next([place])
    place.position = 9
    t.match(session.find(topic, 1), { place, position: 5 })
    t.equal(session.find(other, 1), undefined)
    t.equal(session.find(topic, 0), undefined)
  }
  t.end()
})
