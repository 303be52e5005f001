import { test } from 'tap'
import { alertExpression, fleetAlertExpression } from '#gateway/observe/alert-expression.js'
import { type Ailment, ailments, type FleetAilment, fleetAilments } from '#gateway/observe/ailments.js'
import { Meter } from '#gateway/observe/meter.js'
import { MetricsPage } from '#gateway/observe/metrics/metrics-page.js'

test('a figure is added up for each node, a counter by what it grew, and a share is divided', async (t) => {
  t.equal(
    alertExpression(ailments.bad_records, ['namespace', 'pod']),
    'sum by (namespace, pod) (increase(sluice_bad_records_total[5m])) > 0',
  )
  t.equal(
    alertExpression(ailments.lag_rises),
    '(sum by (instance) (sluice_topic_lag_records) - sum by (instance) (sluice_topic_lag_records offset 5m)) > 1000 unless sum by (instance) (sluice_state_fill_records_left) >= 1',
  )
  t.equal(
    alertExpression(ailments.too_slow),
    'sum by (instance) (increase(sluice_connections_closed_total{reason="too_slow"}[10m])) / sum by (instance) (sluice_connections) > 0.01 unless sum by (instance) (sluice_draining) >= 1',
  )
  t.equal(alertExpression(ailments.kafka_down), 'sum by (instance) (sluice_dependency_up{dependency="kafka"}) < 1')
})

test('what has several conditions asks for all of them, and for the slowest in a hundred', async (t) => {
  const slowest = (metric: string) => `histogram_quantile(0.99, sum by (instance, le) (rate(${metric}_bucket[5m])))`
  t.equal(
    alertExpression(ailments.delivery_late),
    `${slowest('sluice_delivery_latency_seconds')} > 1 and ${slowest('sluice_read_latency_seconds')} < 1`,
  )
})

test('what is told of a node unless something explains it is told too where there is nothing that could', async (t) => {
  const unless = (metric: string) => `unless sum by (instance) (${metric}) >= 1`
  t.equal(
    alertExpression(ailments.not_ready),
    `sum by (instance) (sluice_ready) < 1 ${unless('sluice_state_fill_records_left')} ${unless('sluice_draining')}`,
  )
})

test('nodes differ where a label has several values in one place, none is ready where all say so or none has the metric, and a time is near at one of them', async (t) => {
  t.equal(fleetAlertExpression(fleetAilments.policies_differ), 'count by (job) (count by (job, hash) (sluice_policy_info)) > 1')
  t.match(fleetAlertExpression(fleetAilments.policies_differ, ['a', 'b']), /^count by \(a, b\) \(count by \(a, b, hash\)/)
  t.equal(fleetAlertExpression(fleetAilments.none_ready), 'sum by (job) (sluice_ready) < 1 or absent(sluice_ready)')
  t.equal(
    fleetAlertExpression(fleetAilments.certificate_ends),
    'min by (job) (sluice_certificate_expiry_timestamp_seconds) - time() < 604800',
  )
})

test('expressions name metrics that there are', async (t) => {
  const text = await new MetricsPage(new Meter()).text()
  const expressions = [
    ...Object.values<Ailment>(ailments).map((each) => alertExpression(each)),
    ...Object.values<FleetAilment>(fleetAilments).map((each) => fleetAlertExpression(each)),
  ]
  const names = expressions.flatMap((expression) => [...expression.matchAll(/sluice_\w+/g)].map(([name]) => name.replace(/_bucket$/, '')))
  t.ok(names.length >= expressions.length)
  for (const name of names) t.ok(text.includes(`# TYPE ${name} `), name)
})
