import { type Panel, panels } from './panels.js'

const source = { type: 'prometheus', uid: '${source}' }
const columns = 2
const width = 24 / columns
const height = 9
/** Of what Prometheus has scraped, which a person narrows down. */
const nodes = 'job=~"$job",instance=~"$instance"'

/** As Grafana imports it. */
export function dashboard() {
  return {
    uid: 'sluice',
    title: 'Sluice',
    tags: ['sluice'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        { name: 'source', label: 'Source', type: 'datasource', query: 'prometheus' },
        choice('job', 'Fleet', 'label_values(sluice_ready, job)'),
        choice('instance', 'Node', 'label_values(sluice_ready{job=~"$job"}, instance)'),
      ],
    },
    annotations: { list: [policyChanges()] },
    panels: panels.map(panelOf),
  }
}

function choice(name: string, label: string, query: string) {
  const all = { text: ['All'], value: ['$__all'] }
  return { name, label, type: 'query', datasource: source, query, refresh: 2, multi: true, includeAll: true, allValue: '.+', current: all }
}

/** A line through all panels where a policy came into force. */
function policyChanges() {
  const expr = `changes(sluice_policy_loaded_timestamp_seconds{${nodes}}[1m]) > 0`
  return { name: 'Policies', datasource: source, enable: true, iconColor: 'purple', expr, titleFormat: 'A policy came into force' }
}

function panelOf({ title, says, unit = 'short', scale = 'linear', queries }: Panel, nth: number) {
  return {
    id: nth + 1,
    type: 'timeseries',
    title,
    description: says,
    datasource: source,
    gridPos: { x: (nth % columns) * width, y: Math.floor(nth / columns) * height, w: width, h: height },
    fieldConfig: {
      defaults: {
        unit,
        custom: { fillOpacity: 5, showPoints: 'never', scaleDistribution: scale === 'log' ? { type: 'log', log: 10 } : { type: 'linear' } },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: queries.map(([legend, expression], at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: source,
      expr: expression.replaceAll('$nodes', nodes),
      legendFormat: legend,
    })),
  }
}
