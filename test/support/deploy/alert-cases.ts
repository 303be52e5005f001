import type { Condition, FigureCondition, FleetAilment } from '#gateway/observe/ailments.js'
import { figures, latencies } from '#gateway/observe/figures.js'
import { type Alert, alerts, alertRules } from './alert-rules.js'

// Tests of the alert rules, as promtool runs them: of each alert a node that it concerns, beside one that is well, and two that are well.

interface Series {
  readonly series: string
  /** As promtool expands it: the first value, what is added each minute, and how often. */
  readonly values: string
}

interface AlertCase {
  readonly interval: '1m'
  readonly name: string
  readonly input_series: readonly Series[]
  readonly alert_rule_test: readonly { eval_time: string; alertname: string; exp_alerts: readonly object[] }[]
}

const minutes = 60
/** When everything has held for long enough that is looked at over ten minutes. */
const settledMinutes = 12
const ailing = { namespace: 'shop', pod: 'sluice-0', instance: '10.0.0.1:9090' }
const well = { namespace: 'shop', pod: 'sluice-1', instance: '10.0.0.2:9090' }

export function alertCases() {
  return { rule_files: ['alerts.yaml'], evaluation_interval: '1m', tests: alerts().flatMap((alert) => [...firing(alert), silent(alert)]) }
}

function firing(alert: Alert): AlertCase[] {
  const { ailment } = alert
  if ('when' in ailment) {
    const series = ailment.when.flatMap((condition) => [...seriesOf(condition, ailing, true), ...seriesOf(condition, well, false)])
    return [given(alert, ailing, series)]
  }
  const fleet = given(alert, { namespace: 'shop', job: 'sluice' }, fleetSeries(ailment, true))
  return ailment.label === undefined && ailment.withinDays === undefined ? [fleet, given(alert, {}, [])] : [fleet]
}

function given(alert: Alert, whose: Readonly<Record<string, string>>, series: readonly Series[]): AlertCase {
  const { name, ailment, severity } = alert
  const rule = alertRules().groups[0]!.rules.find(({ alert }) => alert === name)!
  const summary = expanded(rule.annotations.summary, 'when' in ailment ? amountsOf(ailment.when[0]) : {}, whose)
  const expected = { exp_labels: { severity, ...whose }, exp_annotations: { ...rule.annotations, summary } }
  return {
    interval: '1m',
    name: `${name} is given`,
    input_series: series,
    alert_rule_test: [
      ...(alert.minutes === 0 ? [] : [{ eval_time: `${alert.minutes - 1}m`, alertname: name, exp_alerts: [] }]),
      { eval_time: `${alert.minutes + settledMinutes}m`, alertname: name, exp_alerts: [expected] },
    ],
  }
}

/** Where an alert has several conditions, all of them but one hold: of each a node. */
function silent({ name, ailment }: Alert): AlertCase {
  const series =
    'when' in ailment
      ? ailment.when.flatMap((condition, nth) =>
          ailment.when.flatMap((_, without) => seriesOf(condition, { ...well, pod: `sluice-${without}` }, nth !== without)),
        )
      : fleetSeries(ailment, false)
  return {
    interval: '1m',
    name: `${name} is not given`,
    input_series: series,
    alert_rule_test: [0, settledMinutes, 40].map((at) => ({ eval_time: `${at}m`, alertname: name, exp_alerts: [] })),
  }
}

function fleetSeries({ metric, label, withinDays }: FleetAilment, isAiling: boolean): Series[] {
  if (withinDays !== undefined) {
    const later = (withinDays + 1) * 86_400
    return [ailing, well].map((node) => series(metric, { ...node, job: 'sluice' }, String(isAiling && node === ailing ? 60 : later), '0'))
  }
  if (label === undefined)
    return [ailing, well].map((node) => series(metric, { ...node, job: 'sluice' }, isAiling || node === ailing ? '0' : '1', '0'))
  const node = (labels: Readonly<Record<string, string>>, value: string) =>
    series(metric, { ...labels, job: 'sluice', [label]: value }, '1', '0')
  // Beside them another fleet, which has another value.
  return [node(ailing, isAiling ? 'b' : 'a'), node(well, 'a'), node({ ...well, namespace: 'try' }, 'c')]
}

function seriesOf(condition: Condition, node: Readonly<Record<string, string>>, holds: boolean): Series[] {
  if ('latency' in condition) return histogramOf(latencies[condition.latency].metric, node, holds === (condition.is === 'above'))
  const { figure, of, grownInMinutes } = condition
  const [start, step] = valuesOf(condition, holds)
  const divisor = of === undefined ? [] : [series(figures[of].metric, node, '100', '0')]
  return [series(figures[figure].metric, node, start, grownInMinutes === undefined ? '0' : step), ...divisor]
}

/** Where it is late all take from half a second to two, otherwise half a second at most. */
function histogramOf(metric: string, node: Readonly<Record<string, string>>, isLate: boolean): Series[] {
  return ['0.5', '2', '+Inf'].map((le) => series(`${metric}_bucket`, { ...node, le }, '0', isLate && le === '0.5' ? '0' : '100'))
}

/** What a condition is met by, and the same without: the first value, and what is added each minute. */
function valuesOf({ is, limit, of, grownInMinutes }: FigureCondition, holds: boolean): readonly [start: string, step: string] {
  const scale = of === undefined ? 1 : 100
  if (grownInMinutes !== undefined) return holds ? ['7', String(Math.floor((limit * scale) / grownInMinutes) + 1)] : ['7', '0']
  const beyond = limit < 1 && scale === 1 && limit > 0 ? 0.05 : 1
  const met = is === 'above' ? limit * scale + beyond : limit * scale - 1
  return [String(holds ? met : limit * scale), '0']
}

/** What stands in a sentence, as its template says it. */
function amountsOf(condition: Condition): { whole?: string; tenth?: string; percent?: string } {
  if ('latency' in condition) return { tenth: '2.0' }
  const { grownInMinutes, of } = condition
  const [start, step] = valuesOf(condition, true)
  const amount = (grownInMinutes === undefined ? Number(start) : Number(step) * grownInMinutes) / (of === undefined ? 1 : 100)
  return { whole: amount.toFixed(0), percent: `${Number((amount * 100).toPrecision(4))}%` }
}

function expanded(
  summary: string,
  { whole = '', tenth = '', percent = '' }: ReturnType<typeof amountsOf>,
  { job }: { readonly job?: string },
): string {
  return summary
    .replace(/\{\{ if \$labels\.pod \}\}.*\{\{ end \}\}/, `${ailing.namespace}/${ailing.pod}`)
    .replace(/\{\{ if \$labels\.job \}\}.*\{\{ end \}\}/, job === undefined ? '' : 'shop sluice: ')
    .replace('{{ $value | printf "%.1f" }}', tenth)
    .replace('{{ $value | printf "%.0f" }}', whole)
    .replace('{{ $value | humanizePercentage }}', percent)
}

function series(selector: string, labels: Readonly<Record<string, string>>, start: string, step: string): Series {
  const [, metric, own] = /^(\w+)(?:\{(.*)\})?$/.exec(selector)!
  const all = [...(own === undefined ? [] : [own]), ...Object.entries(labels).map(([name, value]) => `${name}="${value}"`)]
  return { series: `${metric!}{${all.join(',')}}`, values: `${start}+${step}x${minutes}` }
}
