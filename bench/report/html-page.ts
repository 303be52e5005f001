// Enters a report, and an earlier one to set it against; leaves one page of HTML that needs nothing else: no file, no network.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chartsOf } from './charts.js'
import { escapeHtml, jsonForScript } from './html-text.js'
import { comparisonSection, failureSection, machineSection, scenarioSection } from './html-sections.js'
import type { BenchReport } from './result.js'

interface PageParts {
  readonly styles: readonly string[]
  /** The chart library, which defines a global. */
  readonly library: string
  /** The page's own script, a module. */
  readonly drawing: string
}

export function writeHtml(report: BenchReport, path: string, before?: BenchReport): void {
  writeFileSync(path, htmlPage(report, before))
}

export function htmlPage(report: BenchReport, before?: BenchReport): string {
  const contenders = [...new Set(report.scenarios.flatMap(({ rows }) => rows.map(({ contender }) => contender)))]
  const earlier = new Map(before?.scenarios.map((result) => [result.scenario, result]))
  const charts = report.scenarios.map((result) => chartsOf(result, earlier.get(result.scenario), contenders))
  const sections = [
    report.failure === undefined ? '' : failureSection(report.failure),
    before === undefined ? '' : comparisonSection(before, report),
    ...report.scenarios.map((result, index) => scenarioSection(result, contenders, charts[index]!.length)),
    machineSection(report, before),
  ]
  return page(report, sections.join('\n'), jsonForScript(charts.flat()), pageParts())
}

function page({ command, startedAt }: BenchReport, body: string, charts: string, parts: PageParts): string {
  const { styles, library, drawing } = parts
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sluice bench, ${escapeHtml(startedAt.slice(0, 10))}</title>
${styles.map((style) => `<style>${style}</style>`).join('\n')}
</head>
<body>
<header>
<h1>Sluice bench</h1>
<p><code>${escapeHtml(command)}</code><br>${escapeHtml(startedAt.slice(0, 16).replace('T', ' '))} UTC</p>
</header>
<main>
${body}
</main>
<script type="application/json" id="charts">${charts}</script>
<script>${library}</script>
<script type="module">${drawing}</script>
</body>
</html>
`
}

/** Only what this page brings along may run, and nothing may be fetched: contenders' names and notes come from a file. */
function contentPolicy({ styles, library, drawing }: PageParts): string {
  const hashes = (texts: readonly string[]) =>
    texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ')
  return `default-src 'none'; script-src ${hashes([library, drawing])}; style-src ${hashes(styles)}; base-uri 'none'; form-action 'none'`
}

/** The chart library and the page's own script and style. The style is not compiled, and stands where it was written. */
function pageParts(): PageParts {
  const here = dirname(fileURLToPath(import.meta.url))
  const uPlot = dirname(createRequire(import.meta.url).resolve('uplot'))
  const read = (...path: readonly string[]) => readFileSync(join(...path), 'utf8')
  return {
    styles: [read(uPlot, 'uPlot.min.css'), read(here, '../../../bench/report/page/style.css')],
    library: read(uPlot, 'uPlot.iife.min.js'),
    drawing: read(here, 'page/draw-charts.js'),
  }
}
