import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readReport } from '../../../bench/report/read-report.js'
import { writeReport } from '../../../bench/report/write-report.js'
import { figure, report, row, scenario } from '../../support/conventions/bench-reports.js'

const place = 'before\n<!-- bench: here -->\n<!-- /bench -->\n'
const whole = report([scenario('mixed', [row('sluice', {}, { latencyP99Ms: figure('ms', 'lower', 1) })])])
const failed = { ...whole, failure: { scenario: 'soak', reason: '3 of 100 updates have not arrived' } }

test('writes the report as JSON and as a page, and its table where there is a place for it', async (t) => {
  const files = filesIn(t.testdir({ 'README.md': place }))
  writeReport(whole, files)
  t.same(readReport(files.out), whole)
  t.match(readFileSync(files.html, 'utf8'), '<h2>mixed</h2>')
  t.match(readFileSync(files.table, 'utf8'), '| mixed')
})

test('writes of a run that failed what there is and why it failed, and leaves the table as it is', async (t) => {
  const files = filesIn(t.testdir({ 'README.md': place }))
  writeReport(failed, files)
  t.same(readReport(files.out), failed)
  t.match(
    readFileSync(files.html, 'utf8'),
    /<main>\s*<section>\s*<h2>Failed<[^]*soak failed: 3 of 100 updates have not arrived[^]*<h2>mixed</,
  )
  t.equal(readFileSync(files.table, 'utf8'), place)
})

function filesIn(folder: string) {
  return { out: join(folder, 'a.json'), html: join(folder, 'a.html'), table: join(folder, 'README.md') }
}
