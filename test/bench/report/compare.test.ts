import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { compareFiles, type CompareOptions } from '../../../bench/report/compare.js'
import { figure, report, row, scenario } from '../../support/conventions/bench-reports.js'

const steady = [100, 101, 99, 100, 102]
const before = report([scenario('fan-out', [row('sluice', { burst: 10 }, { deliveriesPerCpuSecond: figure('1/s', 'higher', ...steady) })])])
const slower = steady.map((value) => value * 0.7)
const after = report(
  [scenario('fan-out', [row('sluice', { burst: 10 }, { deliveriesPerCpuSecond: figure('1/s', 'higher', ...slower) })])],
  {
    node: '22.1.0',
  },
)

test('prints what differs beside the code first, then each figure with its verdict and ratio', async (t) => {
  const { exitCode, out } = compare(t, { 'a.json': before, 'b.json': after })
  t.equal(exitCode, 0)
  t.match(out, /^! Machine: node is 20\.20\.2 before and 22\.1\.0 after\.\n/)
  t.match(out, 'Beyond the noise: 1 worse. Figures compared: 1; with too few rounds for it: 0.')
  t.match(out, /sluice +burst 10 +deliveries per CPU second +worse +100\/s +70\/s +x 0\.70/)
})

test('prints what is beyond the noise before the rest', async (t) => {
  const figures = (...rounds: number[]) => ({ calm: figure('B', 'lower', ...steady), moved: figure('B', 'lower', ...rounds) })
  const reportOf = (...rounds: number[]) => report([scenario('idle', [row('sluice', {}, figures(...rounds))])])
  t.match(compare(t, { 'a.json': reportOf(...steady), 'b.json': reportOf(...slower) }).out, /moved +better[^]+calm +no change/)
})

test('says of a run and itself that nothing changed', async (t) => {
  t.match(compare(t, { 'a.json': before, 'b.json': before }).out, /^No change beyond the noise\. /)
})

test('prints the same as JSON for programs', async (t) => {
  const { out } = compare(t, { 'a.json': before, 'b.json': after }, { json: true })
  const { scenarios } = JSON.parse(out) as { scenarios: { rows: { figures: { verdict: string }[] }[] }[] }
  t.equal(scenarios[0]!.rows[0]!.figures[0]!.verdict, 'worse')
})

test('writes a page where it is asked for one, with the changes first and the earlier run in it', async (t) => {
  const html = join(t.testdir(), 'changes.html')
  t.equal(compare(t, { 'a.json': before, 'b.json': after }, { html }).exitCode, 0)
  t.match(readFileSync(html, 'utf8'), /<main>\s*<section>\s*<h2>Changes<[^]*1 worse[^]*<h3>Before</)
})

test('says in a sentence which file is no report, and why', async (t) => {
  const refused = (files: Record<string, unknown>) => {
    const { exitCode, err } = compare(t, files)
    return [exitCode, err.replaceAll(/\S*\/(?=\w\.json)/g, '')]
  }
  t.match(refused({ 'a.json': before }), [66, /^b\.json cannot be read: ENOENT/])
  t.match(refused({ 'a.json': before, 'b.json': '{' }), [65, 'b.json is not JSON.\n'])
  t.match(refused({ 'a.json': { ...before, format: 2 }, 'b.json': after }), [65, /^a\.json is not a report of this bench: format: /])
  t.match(refused({ 'a.json': [], 'b.json': after }), [65, /^a\.json is not a report of this bench: /])
})

function compare(t: Test, files: Readonly<Record<string, unknown>>, options: CompareOptions = {}) {
  const folder = t.testdir()
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  let [out, err] = ['', '']
  const write = { writeOut: (text: string) => void (out += text), writeErr: (text: string) => void (err += text) }
  const exitCode = compareFiles(join(folder, 'a.json'), join(folder, 'b.json'), { ...options, ...write })
  return { exitCode, out, err }
}
