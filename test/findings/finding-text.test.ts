import { test } from 'tap'
import type { Finding } from '../../src/findings/finding.js'
import { findingText } from '../../src/findings/finding-text.js'

const error: Finding = {
  ...{ rule: 'policy/unknown-field', severity: 'error', file: 'policy.json', line: 3 },
  ...{ what: 'It names "a<b", 100 %.', why: 'It shows nothing.', mend: 'Name a field.' },
}
const warning: Finding = { ...error, rule: 'policy/other', severity: 'warning', line: undefined }

test('writes findings for people, with their count', (t) => {
  t.equal(
    findingText('text', 'policy lint', [error, warning]),
    'policy.json:3: error: It names "a<b", 100 %. [policy/unknown-field]\n    It shows nothing.\n    Name a field.\n' +
      'policy.json: warning: It names "a<b", 100 %. [policy/other]\n    It shows nothing.\n    Name a field.\n1 error, 1 warning.\n',
  )
  t.equal(findingText('text', 'policy lint', []), 'Nothing was found.\n')
  t.end()
})

test('writes findings as JSON, with the same members', (t) => {
  t.same(JSON.parse(findingText('json', 'policy lint', [error])), { check: 'policy lint', findings: [error] })
  t.end()
})

test('writes findings as annotations, a line each', (t) => {
  const { file } = { file: 'a,b:c.json' }
  t.equal(
    findingText('github', 'policy lint', [{ ...error, file, what: 'Two\nlines, 100 %.' }]),
    '::error file=a%2Cb%3Ac.json,line=3,title=policy/unknown-field::Two%0Alines, 100 %25. Name a field.\n',
  )
  t.equal(findingText('github', 'policy lint', []), '')
  t.end()
})

test('writes findings as test cases, of which errors fail', (t) => {
  const text = findingText('junit', 'policy lint', [{ ...error, what: 'a "<b>" \u0007&' }, warning])
  t.match(text, /<testsuite name="policy lint" tests="2" failures="1">/)
  t.match(text, /<failure message="a &quot;&lt;b&gt;&quot; &amp;">a "&lt;b&gt;" &amp;\nIt shows nothing./)
  t.match(text, /<testcase classname="policy\/other" name="policy.json: [^>]*><system-out>/)
  t.match(findingText('junit', 'policy lint', []), /tests="1" failures="0">\n {2}<testcase classname="policy lint"/)
  t.end()
})
