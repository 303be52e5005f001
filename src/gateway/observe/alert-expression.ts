import type { Ailment, Condition, FigureCondition, FleetAilment } from './ailments.js'
import { figures, latencies } from './figures.js'

// Ailments as Prometheus asks for them: what the console works out from the figures of its own process.

const daySeconds = 86_400

/**
 * The expression that has a value where the ailment holds.
 * @param by the labels that tell one node from another, as whoever scrapes them names these.
 */
export function alertExpression({ when }: Pick<Ailment, 'when'>, by: readonly string[] = ['instance']): string {
  const [first, ...others] = when
  return [comparison(first, by), ...others.map((condition) => joined(condition, by))].join(' ')
}

/**
 * The same of what is true of all nodes together.
 * @param by the labels that tell the nodes that stand together from those of another place.
 */
export function fleetAlertExpression(
  { metric, label, withinDays }: Pick<FleetAilment, 'metric' | 'label' | 'withinDays'>,
  by: readonly string[] = ['job'],
): string {
  if (withinDays !== undefined) return `min by (${by.join(', ')}) (${metric}) - time() < ${withinDays * daySeconds}`
  if (label === undefined) return `sum by (${by.join(', ')}) (${metric}) < 1 or absent(${metric})`
  return `count by (${by.join(', ')}) (count by (${[...by, label].join(', ')}) (${metric})) > 1`
}

/** A figure of which there is nothing is 0, as the records that a node without tables has still to read. */
function joined(condition: Condition, by: readonly string[]): string {
  if ('latency' in condition || condition.is === 'above') return `and ${comparison(condition, by)}`
  return `unless ${amountOf(condition, by)} >= ${condition.limit}`
}

function comparison(condition: Condition, by: readonly string[]): string {
  const amount = 'latency' in condition ? slowestOf(latencies[condition.latency].metric, by) : amountOf(condition, by)
  return `${amount} ${condition.is === 'above' ? '>' : '<'} ${condition.limit}`
}

function slowestOf(metric: string, by: readonly string[]): string {
  return `histogram_quantile(0.99, sum by (${[...by, 'le'].join(', ')}) (rate(${metric}_bucket[5m])))`
}

function amountOf({ figure, grownInMinutes, of }: FigureCondition, by: readonly string[]): string {
  const { metric, kind } = figures[figure]
  const sum = (selected: string) => `sum by (${by.join(', ')}) (${selected})`
  const divided = of === undefined ? '' : ` / ${sum(figures[of].metric)}`
  if (grownInMinutes === undefined) return sum(metric) + divided
  const range = `${grownInMinutes}m`
  const grown = kind === 'counter' ? sum(`increase(${metric}[${range}])`) : `(${sum(metric)} - ${sum(`${metric} offset ${range}`)})`
  return grown + divided
}
