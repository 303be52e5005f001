import { test } from 'tap'
import { findingsOf, ruleIdsOf } from '#tools/findings/finding.js'
import { RuleSettings } from '#tools/findings/rule-settings.js'

const rules = {
  one: { severity: 'error', why: 'Why.', mend: 'Mend.' },
  other: { severity: 'warning', why: 'Why.', mend: 'Mend.' },
} as const
const found = findingsOf('policy', rules)
const ruleIds = [...ruleIdsOf('policy', rules), 'schema/name']
const findings = [found('one', { file: 'p.json', line: 3 }, 'One.'), found('other', { file: 'p.json', line: 4 }, 'Other.')]

function applied(settings: unknown): string[] {
  return RuleSettings.parse(JSON.stringify(settings), 'sluice.json', ruleIds)
    .apply(findings)
    .map(({ rule, severity }) => `${rule} ${severity}`)
}

test('switches rules off, or makes them more or less serious, by id or by room', (t) => {
  t.same(applied({}), ['policy/one error', 'policy/other warning'])
  t.same(applied({ rules: { 'policy/one': 'warning' } }), ['policy/one warning', 'policy/other warning'])
  t.same(applied({ rules: { 'policy/*': 'off', 'policy/one': 'error' } }), ['policy/one error'])
  t.same(applied({ rules: { 'schema/*': 'off' } }), ['policy/one error', 'policy/other warning'])
  t.end()
})

test('ignores a finding at its place, with a reason', (t) => {
  const reason = 'It comes with the next release.'
  t.same(applied({ ignore: [{ rule: 'policy/one', file: 'p.json', line: 3, reason }] }), ['policy/other warning'])
  t.same(applied({ ignore: [{ rule: 'policy/one', file: 'p.json', reason }] }), ['policy/other warning'])
  t.same(applied({ ignore: [{ rule: 'policy/one', file: './p.json', reason }] }), ['policy/other warning'])
  t.same(applied({ ignore: [{ rule: 'policy/one', file: 'p.json', line: 4, reason }] }), ['policy/one error', 'policy/other warning'])
  t.same(applied({ ignore: [{ rule: 'policy/one', file: 'q.json', reason }] }), ['policy/one error', 'policy/other warning'])
  t.end()
})

test('refuses settings that it does not understand, with their place', (t) => {
  const refusals: [unknown, RegExp][] = [
    [[], /sluice\.json/],
    [{ rules: { 'policy/one': 'no' } }, /rules\.policy\/one: must be "off"/],
    [{ ignore: [{ rule: 'a', file: 'b' }] }, /^In sluice\.json, ignore\.0\.reason: is missing\.$/],
    [{ ignore: [{ rule: 'a', file: 'b', reason: '' }] }, /ignore\.0\.reason: must say why\.$/],
    [
      { ignore: [{ rule: 'a', file: 'b', reason: 'c', lines: 1 }] },
      /ignore\.0\.lines: is not understood; there are rule, file, line and reason\.$/,
    ],
    [{ ignore: [{ rule: 'a', file: 'b', reason: 'c', line: '1' }] }, /ignore\.0\.line: must be the number of a line, from 1\.$/],
    [{ ignore: ['a'] }, /ignore\.0: must be an object with rule, file and reason, and perhaps a line\.$/],
    [{ ignore: 'a' }, /ignore: must be a list\.$/],
    [{ ignored: [] }, /rules and ignore/],
    [{ rules: { 'policy/onne': 'off' } }, /^In sluice\.json: there is no rule "policy\/onne"; there are policy\/one, policy\/other\.$/],
    [{ rules: { 'polcy/*': 'off' } }, /no rule "polcy\/\*"; there are policy\/\*, schema\/\*/],
    [{ ignore: [{ rule: 'policy/on', file: 'p.json', reason: 'Later.' }] }, /no rule "policy\/on"/],
  ]
  for (const [settings, said] of refusals) t.throws(() => applied(settings), { name: 'ConfigurationError', message: said })
  t.throws(() => RuleSettings.parse('{', 'sluice.json', ruleIds), { name: 'ConfigurationError', message: /sluice\.json/ })
  t.end()
})
