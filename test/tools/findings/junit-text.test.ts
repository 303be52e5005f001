import { test } from 'tap'
import type { Finding } from '#tools/findings/finding.js'
import { junitText } from '#tools/findings/junit-text.js'

const error: Finding = {
  ...{ rule: 'schema/invalid', severity: 'error', file: 'order.avsc', line: 3 },
  ...{ what: 'It names "a<b".', why: 'It shows nothing.', mend: 'Name a field.' },
}
const warning: Finding = { ...error, rule: 'schema/doc-missing', severity: 'warning', line: 4, what: 'It has no doc.' }
const file = (name: string) => ({ name, file: name })
const fails = ({ severity }: Finding) => severity === 'error'

test('writes a case for each thing that was checked, with all that fails it in one failure', (t) => {
  const second = { ...error, what: 'It is no "b".' }
  t.equal(
    junitText('schema lint', [file('customer.avsc'), file('order.avsc')], [error, warning, second], fails),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="schema lint" tests="2" failures="1">
  <testcase classname="schema lint" name="customer.avsc" file="customer.avsc"/>
  <testcase classname="schema lint" name="order.avsc" file="order.avsc">
    <failure type="schema/invalid" message="It names &quot;a&lt;b&quot;. (and 1 more)">order.avsc:3: error: It names "a&lt;b". [schema/invalid]
It shows nothing.
Name a field.

order.avsc:3: error: It is no "b". [schema/invalid]
It shows nothing.
Name a field.</failure>
    <system-out>order.avsc:4: warning: It has no doc. [schema/doc-missing]
It shows nothing.
Name a field.</system-out>
  </testcase>
</testsuite>
`,
  )
  t.end()
})

test('tells the cases of one file apart by their lines', (t) => {
  const cases = [
    { name: 'one', file: 'cases.yaml', line: 1 },
    { name: 'two', file: 'cases.yaml', line: 9 },
  ]
  const text = junitText('policy test', cases, [{ ...error, file: 'cases.yaml', line: 9 }], fails)
  t.match(text, /name="one" file="cases.yaml"\/>\n {2}<testcase classname="policy test" name="two" file="cases.yaml">\n {4}<failure/)
  t.end()
})

test('writes what was found elsewhere as a case of its own, and one case where there is nothing at all', (t) => {
  t.match(junitText('schema check', [file('order.avsc')], [{ ...error, file: 'gone.avsc' }], fails), /tests="2" failures="1"/)
  t.match(
    junitText('schema check', [], [], fails),
    /tests="1" failures="0">\n {2}<testcase classname="schema check" name="schema check"\/>/,
  )
  t.end()
})

test('leaves out what XML cannot hold', (t) => {
  t.match(
    junitText('check', [], [{ ...error, what: 'a "<b>"\n\u0007\ufffe\ud800& 😀' }], fails),
    'message="a &quot;&lt;b&gt;&quot;&#10;&amp; 😀"',
  )
  t.end()
})
