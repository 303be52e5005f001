import { test } from 'tap'
import { coverageFindings, coverageOf } from '#tools/policy/case-findings.js'

const all = ['a', 'b', 'c'].map((rule, index) => ({ rule, line: index + 1 }))

test('counts the rules that have decided, and rounds down', (t) => {
  t.same(coverageOf(all, new Set(['a', 'c'])), { rules: 3, undecided: [{ rule: 'b', line: 2 }], percent: 66 })
  t.equal(coverageOf([], new Set()).percent, 100)
  t.end()
})

test('finds the others, and that there are too many of them', (t) => {
  const found = (percentMin?: number) =>
    coverageFindings(coverageOf(all, new Set(['a', 'c'])), 'policy.json', percentMin).map(({ rule, severity, line }) => [
      rule,
      severity,
      line,
    ])
  const undecided = ['policy/rule-undecided', 'warning', 2]
  t.same(found(), [undecided])
  t.same(found(66), [undecided])
  t.same(found(67), [undecided, ['policy/coverage-low', 'error', undefined]])
  t.end()
})
