import type { CallCounts } from '../call-counts.js'
import type { Meter } from '../meter.js'
import { counter, counterBy, gauge, gaugeBy, histogramBy, type Metric } from './metric.js'

export const nodeMetrics: Readonly<Record<string, Metric>> = {
  sluice_build_info: gaugeBy(
    ['version', 'node', 'server'],
    '1, with the versions of Sluice and Node, and the server library.',
    ({ build }) => [[[build.version, build.node, build.server], 1]],
  ),
  sluice_ready: gauge('1 where /readyz says that it is ready, 0 where it does not.', (meter) => Number(meter.isReady())),
  sluice_draining: gauge('1 while clients leave one after the other before the process ends.', (meter) => Number(meter.isDraining())),
  sluice_event_loop_utilization: gauge('The share of the last ten seconds in which the event loop was not waiting.', (meter) =>
    meter.eventLoop.utilization(),
  ),
  sluice_event_loop_longest_seconds: gauge(
    'The longest that the event loop was kept from its timers in the last minute.',
    (meter) => meter.eventLoop.longestMs() / 1000,
  ),
  sluice_log_lines_lost_total: counter('Lines of the log that were lost, as it could not be written fast enough or at all.', (meter) =>
    meter.logLinesLost(),
  ),
  sluice_keys: gauge('Keys that may verify a token.', (meter) => meter.keyCount()),
  sluice_certificate_expiry_timestamp_seconds: gaugeBy(
    [],
    'When the certificate ends that clients are shown, in seconds since the epoch; none without one.',
    ({ certificateExpiresAtMs: ms }) => (ms === undefined ? [] : [[[], ms / 1000]]),
  ),
  sluice_dependency_up: gaugeBy(
    ['dependency'],
    '1 where what the process needs from outside answers, 0 where it does not.',
    ({ dependencies }) => Array.from(dependencies, ([name, { isUp }]) => [[name], Number(isUp())]),
  ),
  sluice_dependency_success_age_seconds: gaugeBy(
    ['dependency'],
    'Time since it was last seen to answer, from its first answer on.',
    ({ dependencies }) =>
      [...dependencies].flatMap(([name, { ageMs }]) => {
        const ms = ageMs()
        return ms === undefined ? [] : [[[name], ms / 1000]]
      }),
  ),
  sluice_dependency_requests_total: counterBy('dependency', [], 'Requests to the registry, and for keys.', (meter) =>
    callsOf(meter).map(([name, { requests }]) => [name, requests]),
  ),
  sluice_dependency_failures_total: counterBy('dependency', [], 'Those of them that were not answered, or not as they must be.', (meter) =>
    callsOf(meter).map(([name, { failures }]) => [name, failures]),
  ),
  sluice_dependency_request_seconds: histogramBy('dependency', 'From such a request to its answer or failure.', (meter) =>
    callsOf(meter).map(([name, { latency }]) => [name, latency]),
  ),
}

function callsOf({ dependencies }: Meter): (readonly [string, CallCounts])[] {
  return [...dependencies].flatMap(([name, { calls }]) => (calls === undefined ? [] : [[name, calls] as const]))
}
