import { test } from 'tap'
import { refusals } from '#packing/next-version.js'
import type { BrokenPromise } from '#packing/broken-promises.js'

const changelogOf = (unreleased: string) => `# Changes\n\n## Unreleased\n\n${unreleased}\n\n## 0.1.0, 2026-01-01\n\n- \`gone\`\n`
const gone: BrokenPromise = { kind: 'settings', name: 'OLD', how: 'is gone' }
const told = changelogOf('### New\n\n- more\n\n### Breaking\n\n- `OLD` is gone: leave it out.')

const cases: readonly (readonly [from: string, to: string, changelog: string, broken: readonly BrokenPromise[], refusal?: RegExp])[] = [
  ['0.1.0', '0.1.1', changelogOf('- better'), []],
  ['0.1.0', '0.2.0', told, [gone]],
  ['1.2.3', '2.0.0', told, [gone]],
  ['1.2.3', '1.3.0', changelogOf('- more'), []],
  ['0.1.0', '0.1.1', told, [gone], /the next version is 0\.2\.0/],
  ['1.2.3', '1.3.0', told, [gone], /the next version is 2\.0\.0/],
  ['1.2.3', '1.2.4', told, [], /the next version is 2\.0\.0/],
  ['0.1.0', '0.2.0', changelogOf('- `OLD` is better'), [gone], /OLD is gone, and the changelog does not name it/],
  [
    '0.1.0',
    '0.2.0',
    changelogOf('### Breaking\n\n- `OLDER`\n\n### New\n\n- `OLD`'),
    [gone],
    /OLD is gone, and the changelog does not name it/,
  ],
  ['0.1.0', '0.2.0', changelogOf(''), [], /says nothing/],
  ['0.1.0', '0.3.0', changelogOf('- more'), [], /is 1\.0\.0, 0\.2\.0, 0\.1\.1, not 0\.3\.0/],
  ['0.1.0', '0.1.0', changelogOf('- more'), [], /not 0\.1\.0/],
  ['0.1.0', 'v0.2.0', changelogOf('- more'), [], /no version/],
  ['0.1.0', '0.2.0-rc.1', changelogOf('- more'), [], /no version/],
  ['0.1.0', '', changelogOf('- more'), [], /no version/],
]

for (const [from, to, changelog, broken, refusal] of cases)
  test(`${to} after ${from}, with ${broken.length} promises broken: ${refusal?.source ?? 'is a version'}`, async (t) => {
    const all = refusals({ from, to, changelog, broken })
    t.equal(all.length, refusal === undefined ? 0 : 1, all.join(' '))
    if (refusal !== undefined) t.match(all[0], refusal)
  })
