import { equal } from 'node:assert/strict'
import { test } from 'tap'
import { bundle } from '../../../support/browser/bundle.js'
import { fc } from '../../../support/running/seeded-properties.js'

interface Hide {
  readonly role: string
  readonly type: string
  readonly path: string
}

/** What the page makes of a policy's text; it is built apart from the tests. */
interface PolicyText {
  readonly withHidden: (text: string, hide: Hide) => string
  readonly withoutHidden: (text: string, hide: Hide) => string
}

const code = await bundle('src/console/page/policy/policy-text.ts')
const { withHidden, withoutHidden } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as PolicyText

const text = fc.oneof(fc.string(), fc.constantFrom('10:30', 'a,true', 'a:[1', '"', '\\', '\\",1'))
const texts = fc.array(text, { minLength: 1, maxLength: 3 })
const conditions = fc.dictionary(text, text)
const rule = fc.record({ action: fc.constant('read'), subject: text, fields: texts, conditions })
const anyRoles = fc.dictionary(text, fc.array(rule, { maxLength: 3 }), { minKeys: 1 })

test('a press hides a field by one rule more, the next shows it by one less, and what the others say stays as it is', (t) => {
  fc.assert(
    fc.property(anyRoles, text, text, (roles, type, path) => {
      const [role, rules] = Object.entries(roles)[0]!
      const [hide, before] = [{ role, type, path }, JSON.stringify({ roles })]
      const hidden = withHidden(before, hide)
      const more = { inverted: true, action: 'read', subject: type, fields: [path], reason: 'tried out at the console' }
      equal(compact(hidden), JSON.stringify({ roles: { ...roles, [role]: [...rules, more] } }))
      equal(withHidden(hidden, hide), hidden, 'hidden once is enough')
      equal(compact(withoutHidden(hidden, hide)), before)
    }),
  )
  t.end()
})

function compact(json: string): string {
  return JSON.stringify(JSON.parse(json))
}

test('a press leaves numbers as they are written, also those that JavaScript would round', async (t) => {
  const numbers = ['9007199254740993', '-12345678901234567890', '1.10', '1e400', '0']
  const rules = numbers.map(
    (number) => `{"action":"read","subject":"order","fields":["id"],"conditions":{"number":${number},"name":"7: 9"}}`,
  )
  const hidden = withHidden(`{"roles":{"all":[${rules.join()}]}}`, { role: 'all', type: 'order', path: 'email' })
  for (const number of numbers) t.ok(hidden.includes(`"number": ${number}, "name": "7: 9"`), hidden)
})
