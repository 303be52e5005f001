import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { parse } from 'yaml'
import { type Variable } from '#config/variable.js'
import { variables } from '#config/variables.js'
import { Meter } from '#gateway/observe/meter.js'
import { metricList } from '#gateway/observe/metrics/metric-list.js'
import { MetricsPage } from '#gateway/observe/metrics/metrics-page.js'
import { alerts, alertRules } from '../support/deploy/alert-rules.js'
import { dashboard } from '../support/deploy/dashboard.js'
import { deployFiles } from '../support/deploy/deploy-files.js'

test('are what npm run readme writes from the code', async (t) => {
  for (const [path, text] of await deployFiles()) t.equal(readFileSync(path, 'utf8'), text, path)
})

test('the dashboard, the alerts and their manual name metrics that there are', async (t) => {
  const page = await new MetricsPage(new Meter()).text(true)
  const types = new Map([...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]))
  const queries = dashboard().panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  const rules = alertRules().groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))
  const manual = alerts().flatMap(({ metrics, compare }) => [...metrics, ...compare])
  for (const text of [...queries, ...rules, ...manual]) {
    const names = [...text.matchAll(/\b(?:sluice|process|nodejs)_\w+/g)].map(([name]) => name)
    t.ok(names.length > 0, text)
    for (const name of names) {
      const series = name.replace(/_(bucket|sum|count)$/, '')
      const type = types.get(name) ?? types.get(series)
      t.ok(type, `${name}: ${text}`)
      // A counter of which one asks for its value says how long a process has run.
      if (type === 'counter' && queries.includes(text)) t.match(text, /rate\(|increase\(|tables_given_up/, text)
    }
  }
})

test('labels that the dashboard goes by are those of their metrics', async (t) => {
  const ofScraping = ['job', 'instance', 'le']
  for (const { expr } of dashboard().panels.flatMap(({ targets }) => targets)) {
    const [, by] = /\bby \(([^)]*)\)/.exec(expr) ?? []
    const metrics = [...expr.matchAll(/\bsluice_\w+/g)].map(([name]) => metricList.get(name.replace(/_(bucket|sum|count)$/, '')))
    const selected = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label]) => label!)
    for (const label of [...(by?.split(', ') ?? []), ...selected].filter((label) => !ofScraping.includes(label) && metrics.length > 0))
      t.ok(
        metrics.some((metric) => metric?.labels.includes(label)),
        `${label}: ${expr}`,
      )
  }
})

test('the chart has the version and the defaults of the code, and lets clients go one by one', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  t.match(parse(readFileSync('.deploy/chart/Chart.yaml', 'utf8')), { version, appVersion: version })
  const { config } = parse(readFileSync('.deploy/chart/values.yaml', 'utf8')) as { config: Record<string, number> }
  for (const [name, value] of Object.entries(config))
    if (name !== 'DRAIN_MS') t.equal(value, Number((variables as Readonly<Record<string, Variable>>)[name]?.default), name)
  t.ok(config['DRAIN_MS']! > 0)
})

test('each value of the chart stands in its schema', async (t) => {
  const values = parse(readFileSync('.deploy/chart/values.yaml', 'utf8')) as Record<string, unknown>
  const schema = JSON.parse(readFileSync('.deploy/chart/values.schema.json', 'utf8')) as { properties: Record<string, unknown> }
  t.same(new Set([...Object.keys(values), 'global']), new Set(Object.keys(schema.properties)))
})
