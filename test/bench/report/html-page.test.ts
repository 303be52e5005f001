import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { htmlPage, writeHtml } from '../../../bench/report/html-page.js'
import { figure, report, row, scenario } from '../../support/conventions/bench-reports.js'

const attack = '</script><script>alert(1)</script><img src=x onerror=alert(1)>'
const latencies = { latencyP50Ms: figure('ms', 'lower', 1, 2, 3, 4, 5), latencyP99Ms: figure('ms', 'lower', 10, 11, 12, 13, 14) }
const goal = { text: 'p99', figure: 12, bound: 15, sense: 'at most', unit: 'ms', met: true } as const
const rows = [row('sluice', { rate: 100 }, latencies), row(attack, { rate: 100 }, latencies)]
const example = report([scenario('latency', rows, { notes: [attack], goals: [goal] })])

test('holds every figure, goal, knob and fact of the machine as text, without its charts', async (t) => {
  const page = htmlPage(example)
  for (const text of [
    'latency p99',
    '12 ms',
    '10 ms',
    '14 ms',
    'p99: 12 ms, at most 15 ms',
    'clients',
    'Example 9000',
    '20.20.2',
    'kafkajs',
  ])
    t.match(page, text)
})

test('takes nothing of a report for markup or code', async (t) => {
  const page = htmlPage(example, example)
  t.notMatch(page, '<img')
  t.equal(page.match(/<script/g)?.length, 3)
  t.match(chartsIn(page)[0], { lines: [{ name: 'sluice' }, { name: attack }] })
})

test('fetches nothing, and lets run only the scripts and styles that it brings along', async (t) => {
  const page = htmlPage(example)
  t.notMatch(page, /(src|href)="|@import|url\(/)
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? ''
  t.match(policy, /^default-src 'none'; /)
  t.notMatch(policy, 'unsafe')
  const running = [...page.matchAll(/<(?:style|script(?: type="module")?)>([^]*?)<\/(?:style|script)>/g)].map(([, text]) => text!)
  t.equal(running.length, 4)
  for (const text of running) t.match(policy, createHash('sha256').update(text).digest('base64'))
})

test('has a place for each chart', async (t) => {
  const page = htmlPage(example)
  t.equal(page.match(/<figure class="chart">/g)?.length, chartsIn(page).length)
})

test('says first what changed where there is an earlier run', async (t) => {
  t.notMatch(htmlPage(example), '<h2>Changes</h2>')
  t.match(htmlPage(example, example), /<main>\s*<section>\s*<h2>Changes<\/h2>[^]*No change beyond the noise/)
})

test('writes the page to a file', async (t) => {
  const path = join(t.testdir(), 'report.html')
  writeHtml(example, path)
  t.equal(readFileSync(path, 'utf8'), htmlPage(example))
})

function chartsIn(page: string): unknown[] {
  return JSON.parse(/id="charts">([^]*?)<\/script>/.exec(page)![1]!) as unknown[]
}
