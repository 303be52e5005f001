import { test } from 'tap'
import { colours, noColours } from '#tools/cli/paint.js'
import { UpdateText } from '#tools/cli/tail/update-text.js'
import { changeOf } from '../../../support/tools/change-of.js'

/** The text of changes that are given by the members in which they differ. */
function rendered(changes: Parameters<typeof changeOf>[0][], texts = new UpdateText(noColours)): string {
  return changes.map((members) => texts.render(changeOf(members))).join('')
}

test('shows the head and each field with its path when an entity is first seen', async (t) => {
  t.equal(
    rendered([{ operation: 'create', data: { id: 'order-1001', total: '10.00', address: { city: 'Berlin' }, items: [{ count: 2 }] } }]),
    `2026-01-01T12:00:00.000Z  create  order  order-1001
    id              "order-1001"
    total           "10.00"
    address.city    "Berlin"
    items[0].count  2
`,
  )
})

test('marks what changed, came and went against what was last seen', async (t) => {
  t.equal(
    rendered([{ data: { id: 1, status: 'NEW', note: 'x' } }, { data: { id: 1, status: 'PAID', paid: true } }]),
    `2026-01-01T12:00:00.000Z  update  order  order-1001
    id      1
    status  "NEW"
    note    "x"
2026-01-01T12:00:00.000Z  update  order  order-1001
    id      1
  ~ status  "PAID"  was "NEW"
  + paid    true
  - note
`,
  )
})

test('compares an entity only with itself, and begins anew after a delete', async (t) => {
  const text = rendered([
    { data: { a: 1 } },
    { entityType: 'parcel', data: { a: 2 } },
    { operation: 'delete', data: undefined },
    { operation: 'create', data: { a: 3 } },
  ])
  t.equal(
    text,
    `2026-01-01T12:00:00.000Z  update  order  order-1001
    a  1
2026-01-01T12:00:00.000Z  update  parcel  order-1001
    a  2
2026-01-01T12:00:00.000Z  delete  order  order-1001
2026-01-01T12:00:00.000Z  create  order  order-1001
    a  3
`,
  )
})

test('says what was left out and why, and goes on comparing with the change before', async (t) => {
  const texts = new UpdateText(noColours)
  rendered([{ data: { a: 1 } }], texts)
  const after = (because: string, count?: number): string => rendered([{ data: { a: 4 }, missed: { because, count } }], texts)
  t.match(after('slow', 2), /^… 2 updates of order order-1001 left out, as they came too fast\n.*\n {2}~ a {2}4 {2}was 1\n$/)
  t.match(after('rights', 1), /^… 1 update of order order-1001 left out, as they may not be seen any more\n/)
  t.match(after('not_resumed'), /^… updates of order order-1001 left out, as they came while there was no connection\n/)
})

test('tells a snapshot from a change, also by its colour', async (t) => {
  t.match(rendered([{ operation: 'snapshot' }]), /Z {2}snapshot {2}order {2}order-1001\n/)
  const texts = new UpdateText(colours)
  t.match(rendered([{ operation: 'snapshot' }], texts), '\u001b[2msnapshot\u001b[22m')
  t.match(rendered([{ operation: 'update' }], texts), '\u001b[1mupdate\u001b[22m')
})

test('does not let one long path push all values to the right', async (t) => {
  const long = 'p'.repeat(41)
  t.match(rendered([{ data: { a: 1, [long]: 2 } }]), `\n    a  1\n    ${long}  2\n`)
})

test('never hands a control character of an id or a value to the terminal', async (t) => {
  const text = rendered([{ entityId: 'a\u001b[2J', data: { 'k\u009b': 'v\u009b' } }])
  // eslint-disable-next-line no-control-regex -- they are what must not be there
  t.notMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f]/)
})

test('colours the lines with marks where colours are wanted', async (t) => {
  const text = rendered([{ data: { a: 1, c: 1 } }, { data: { a: 2, b: 1 } }], new UpdateText(colours))
  t.match(text, '\u001b[33m  ~ a  2\u001b[39m  \u001b[2mwas 1\u001b[22m\n\u001b[32m  + b  1\u001b[39m\n\u001b[31m  - c\u001b[39m\n')
})
