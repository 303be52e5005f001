import { test } from 'tap'
import type { Finding } from '#tools/findings/finding.js'
import { findingText } from '#tools/findings/finding-text.js'

const error: Finding = {
  ...{ rule: 'policy/unknown-field', severity: 'error', file: 'policy.json', line: 3 },
  ...{ what: 'It names "a<b", 100 %.', why: 'It shows nothing.', mend: 'Name a field.' },
}
const warning: Finding = { ...error, rule: 'policy/other', severity: 'warning', line: undefined }

const run = (findings: readonly Finding[]) => ({ check: 'policy lint', findings, checked: [], strict: false })

test('writes findings for people, with their count', (t) => {
  t.equal(
    findingText('text', run([error, warning])),
    'policy.json:3: error: It names "a<b", 100 %. [policy/unknown-field]\n    It shows nothing.\n    Name a field.\n' +
      'policy.json: warning: It names "a<b", 100 %. [policy/other]\n    It shows nothing.\n    Name a field.\n1 error, 1 warning.\n',
  )
  t.equal(findingText('text', run([])), 'Nothing was found.\n')
  t.end()
})

test('writes findings as JSON, with the same members', (t) => {
  t.same(JSON.parse(findingText('json', run([error]))), { check: 'policy lint', findings: [error] })
  t.end()
})

test('writes findings as annotations, a line each', (t) => {
  const { file } = { file: 'a,b:c.json' }
  t.equal(
    findingText('github', run([{ ...error, file, what: 'Two\nlines, 100 %.' }])),
    '::error file=a%2Cb%3Ac.json,line=3,title=policy/unknown-field::Two%0Alines, 100 %25.%0AIt shows nothing.%0AName a field.\n',
  )
  t.equal(findingText('github', run([])), '')
  t.end()
})

test('writes findings as test cases, of which warnings fail where they fail the check', (t) => {
  const checked = [{ name: 'policy.json', file: 'policy.json' }]
  const failures = (strict: boolean) =>
    /failures="\d"/.exec(findingText('junit', { check: 'policy lint', findings: [warning], checked, strict }))
  t.match(failures(false), ['failures="0"'])
  t.match(failures(true), ['failures="1"'])
  t.end()
})
