import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { test } from 'tap'
import { headlineTable, withHeadline, writeHeadline } from '../../../bench/report/headline.js'
import { figure, report, row, scenario } from '../../support/conventions/bench-reports.js'

const rate = (...rounds: number[]) => ({ deliveriesPerCpuSecond: figure('1/s', 'higher', ...rounds), rssBytes: figure('B', 'lower', 1e8) })
const example = report([
  scenario('fan-out', [
    row('sluice', { burst: 10 }, rate(1.1e6, 1.2e6, 1e6)),
    row('ceiling', { burst: 10 }, rate(1.4e6)),
    row('ws', {}, {}),
  ]),
  scenario('backlog', [row('sluice', {}, rate(4.2e6))]),
])

test('sets the contenders side by side, with the command and the machine below', async (t) => {
  t.equal(
    headlineTable(example),
    `| scenario | at       | contender | deliveries per CPU second | frames per write | CPU cores | latency p50 | latency p99 |
| -------- | -------- | --------- | ------------------------- | ---------------- | --------- | ----------- | ----------- |
| fan-out  | burst 10 | sluice    | 1.1 M/s                   |                  |           |             |             |
| fan-out  | burst 10 | ceiling   | 1.4 M/s                   |                  |           |             |             |
| backlog  |          | sluice    | 4.2 M/s                   |                  |           |             |             |

Medians of 1 to 3 rounds, by \`npm run bench -- fan-out\` on 2026-01-02: 2 cores of Example 9000, 8 GB, Linux 6.1, Node 20.20.2, sluice 0.1.0 abc1234.`,
  )
})

test('says beside what a delivery costs at how many frames a write, as most of the cost is in that', async (t) => {
  const figures = { ...rate(1e6), framesPerWrite: figure('frames', 'neither', 10) }
  t.match(headlineTable(report([scenario('mixed', [row('sluice', {}, figures)])])), /\| sluice +\| 1 M\/s +\| 10 frames +\|/)
})

test('says of each goal whether it was met, below', async (t) => {
  const goals = [
    { text: 'of the ceiling', figure: 0.8, bound: 0.7, sense: 'at least', unit: '', met: true },
    { text: 'p99', figure: 17.94, bound: 15, sense: 'at most', unit: 'ms', met: false },
  ] as const
  const text = headlineTable(report([{ ...scenario('fan-out', [row('sluice', {}, rate(1))]), goals }]))
    .split('\n\n')
    .at(-1)
  t.match(
    text,
    /\| fan-out +\| of the ceiling: 0\.8, at least 0\.7 +\| met +\|\n\| fan-out +\| p99: 17\.9 ms, at most 15 ms +\| not met \|$/,
  )
})

test('replaces what stands between the marks and nothing else, as the formatter leaves it', async (t) => {
  const readme = '# Speed\n\n<!-- bench: npm run bench writes this -->\n\nold\n\n<!-- /bench -->\n\nMore.\n'
  const written = withHeadline(readme, example)
  t.equal(written, readme.replace('old', headlineTable(example)))
  t.equal(await format(written, { parser: 'markdown', printWidth: 140 }), written)
  t.equal(withHeadline(written, example), written)
  t.throws(() => withHeadline('# Speed', example), { message: /no place/ })
})

test('lets no name end its cell or become markup', async (t) => {
  t.match(headlineTable(report([scenario('a|b <c>', [row('sluice', {}, rate(1))])])), '| a\\|b &lt;c> |')
})

test('writes the table into a file', async (t) => {
  const path = join(t.testdir({ 'README.md': '<!-- bench: here -->\n<!-- /bench -->\n' }), 'README.md')
  writeHeadline(example, path)
  t.match(readFileSync(path, 'utf8'), headlineTable(example))
})
