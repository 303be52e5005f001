import { alertExpression, fleetAlertExpression } from '#gateway/observe/alert-expression.js'
import { type Ailment, ailments, type FleetAilment, fleetAilments } from '#gateway/observe/ailments.js'
import { figures, latencies } from '#gateway/observe/figures.js'

/** Where Prometheus finds nodes by Kubernetes all of them have values, elsewhere the last one alone. */
const nodeLabels = ['namespace', 'pod', 'instance']
/** Of the nodes that stand together: those of another fleet may have another policy. */
const fleetLabels = ['namespace', 'job']

/** An alert, of which the rules for Prometheus, their tests and the runbook are made. */
export interface Alert extends Pick<Ailment, 'minutes' | 'severity' | 'sentence' | 'mend' | 'compare'> {
  /** As in `SluiceNotReady`. */
  readonly name: string
  readonly expression: string
  /** Metrics that it goes by. */
  readonly metrics: readonly string[]
  /** What stands before the sentence, as Prometheus fills it in. */
  readonly whose: string
  readonly ailment: Ailment | FleetAilment
}

export function alerts(): Alert[] {
  const ofNodes = Object.entries<Ailment>(ailments).map(([key, ailment]) => ({
    ...common(key, ailment),
    expression: alertExpression(ailment, nodeLabels),
    metrics: ailment.when.flatMap((condition) =>
      'latency' in condition
        ? [latencies[condition.latency].metric]
        : [condition.figure, ...(condition.of === undefined ? [] : [condition.of])].map((figure) => figures[figure].metric),
    ),
    whose: '{{ if $labels.pod }}{{ $labels.namespace }}/{{ $labels.pod }}{{ else }}{{ $labels.instance }}{{ end }}: ',
  }))
  const ofFleets = Object.entries<FleetAilment>(fleetAilments).map(([key, ailment]) => ({
    ...common(key, ailment),
    expression: fleetAlertExpression(ailment, fleetLabels),
    metrics: [ailment.metric],
    // Where there is no node at all nothing is known of it.
    whose: '{{ if $labels.job }}{{ $labels.namespace }} {{ $labels.job }}: {{ end }}',
  }))
  return [...ofNodes, ...ofFleets]
}

/** As `alerts.yaml` has them. */
export function alertRules() {
  const rules = alerts().map(({ name, expression, minutes, severity, sentence, mend, whose }) => ({
    alert: name,
    expr: expression,
    ...(minutes > 0 && { for: `${minutes}m` }),
    labels: { severity },
    annotations: { summary: whose + filledIn(sentence), description: mend, runbook: runbookOf(name) },
  }))
  return { groups: [{ name: 'sluice', rules }] }
}

/** Where an alert stands in the manual of alerts. */
function runbookOf(name: string): string {
  return `.deploy/monitoring/README.md#${name.toLowerCase()}`
}

function common(key: string, ailment: Ailment | FleetAilment) {
  const { minutes, severity, sentence, mend, compare } = ailment
  const words = key.split('_').map((word) => word[0]!.toUpperCase() + word.slice(1))
  return { name: `Sluice${words.join('')}`, minutes, severity, sentence, mend, compare, ailment }
}

/** Amounts are whole; what took a time is told to a tenth of a second. */
function filledIn(sentence: string): string {
  return sentence
    .replace('{n} s ', '{{ $value | printf "%.1f" }} s ')
    .replace('{n}', '{{ $value | printf "%.0f" }}')
    .replace('{%}', '{{ $value | humanizePercentage }}')
}
