import { clientMetrics } from './client-metrics.js'
import { deliveryMetrics } from './delivery-metrics.js'
import type { Metric } from './metric.js'
import { nodeMetrics } from './node-metrics.js'
import { rightsMetrics } from './rights-metrics.js'
import { sourceMetrics } from './source-metrics.js'
import { stateMetrics } from './state-metrics.js'

/** All that the metrics page shows of Sluice, by what it is about: beside it stand prom-client's about the process. */
export const metricGroups: Readonly<Record<string, Readonly<Record<string, Metric>>>> = {
  'The node': nodeMetrics,
  'Kafka, records and events': sourceMetrics,
  Rights: rightsMetrics,
  Clients: clientMetrics,
  Delivery: deliveryMetrics,
  State: stateMetrics,
}

export const metricList: ReadonlyMap<string, Metric> = new Map(Object.values(metricGroups).flatMap((group) => Object.entries(group)))
