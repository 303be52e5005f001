// Renders the chart by helm, and holds what it makes against the types of Kubernetes and against what this project promises:
// `node dist/test/support/deploy/check-chart.js`, with `HELM` where it is not in `.cache/tools`.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'tap'
import { parse } from 'yaml'
import { readConfig } from '#config/config.js'
import { leastValues, mostValues, smallestValues } from './chart-values.js'
import { lint, refusalOf, rendered, type Resource } from './chart.js'
import { resourceFaults } from './resource-faults.js'

const cases = { least: leastValues, most: mostValues, smallest: smallestValues }

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[]
}

function one(resources: readonly Resource[], kind: string, name = 'shop-sluice') {
  const found = resources.filter((resource) => resource.kind === kind && resource.metadata.name === name)
  if (found.length !== 1) throw new Error(`There are ${found.length} of ${kind} ${name}.`)
  return found[0] as Resource & { spec: Record<string, unknown> & { template: { spec: Record<string, unknown> } }; data: unknown }
}

function podOf(resources: readonly Resource[]) {
  return one(resources, 'Deployment').spec.template.spec as {
    containers: [Container]
    terminationGracePeriodSeconds: number
    volumes: unknown
  }
}

function settingsIn(resources: readonly Resource[]): Record<string, string | undefined> {
  return Object.fromEntries(podOf(resources).containers[0].env.map(({ name, value }) => [name, value]))
}

for (const [name, values] of Object.entries(cases))
  test(`the ${name} values make resources that Kubernetes knows, each with a name of its own`, async (t) => {
    lint(values)
    const resources = rendered(values)
    t.same(await resourceFaults(resources), [])
    const names = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    t.equal(new Set(names).size, names.length)
    t.notOk(names.some((each) => each.startsWith('Secret ')))
    const settings = podOf(resources).containers[0].env.map((each) => each.name)
    t.equal(new Set(settings).size, settings.length, 'no setting stands twice')
  })

test('a member that is misspelt, or has a wrong value, is found', async (t) => {
  const [deployment] = rendered(leastValues).filter(({ kind }) => kind === 'Deployment')
  const spec = deployment!['spec'] as object
  t.match((await resourceFaults([{ ...deployment!, spec: { ...spec, replica: 1 } }])).join(), /'"replica"' does not exist/)
  t.match((await resourceFaults([{ ...deployment!, spec: { ...spec, replicas: 1.5 } }])).join(), /must be integer/)
})

test('with the least values nodes let clients go one by one, and nobody is given more than they need', async (t) => {
  const resources = rendered(leastValues)
  t.match(one(resources, 'Deployment').spec, {
    replicas: 2,
    progressDeadlineSeconds: 2 * 300 + 300,
    strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    template: {
      spec: {
        terminationGracePeriodSeconds: 65,
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
            startupProbe: { httpGet: { path: '/healthz', port: 'clients', scheme: 'HTTP' } },
            readinessProbe: { httpGet: { path: '/readyz', port: 'clients' } },
            livenessProbe: { httpGet: { path: '/healthz', port: 'clients' } },
            volumeMounts: [{ name: 'policy', mountPath: '/etc/sluice/policy', subPath: undefined }],
          },
        ],
        volumes: [{ name: 'policy', configMap: { name: 'shop-sluice-policy' } }],
      },
    },
  })
  t.match(settingsIn(resources), { DRAIN_MS: '45000', ADMIN_HOST: '::', POLICY_FILE: '/etc/sluice/policy/policy.json' })
  t.same(one(resources, 'ConfigMap', 'shop-sluice-policy').data, { 'policy.json': leastValues.policy.inline })
})

test('the gateway takes the environment that the chart makes, and the one file of it', async (t) => {
  const resources = rendered(leastValues)
  const { data } = one(resources, 'ConfigMap', 'shop-sluice-policy') as { data: Record<string, string> }
  const config = readConfig(settingsIn(resources), (path) => data[basename(path)]!)
  t.match(config, {
    port: 8080,
    adminPort: 9090,
    adminHost: '::',
    policy: leastValues.policy.inline,
    policyPath: '/etc/sluice/policy/policy.json',
  })
  t.match(
    readConfig({ ...settingsIn(rendered(smallestValues)), POLICY_FILE: '', POLICY_TOPIC: 'x' }, () => ''),
    { adminHost: '127.0.0.1' },
  )
})

test('what the manual has people write as values is taken, the first ones alone and each of the others beside them', async (t) => {
  const blocks = [...readFileSync('.deploy/README.md', 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text!)
  const [first, ...others] = blocks.filter((text) => !text.startsWith('# of ')).map((text) => parse(text) as { config?: object })
  t.ok(others.length >= 2)
  for (const other of [{}, ...others]) lint({ ...first, ...leastValues, ...other, config: { ...first!.config, ...other.config } })
  const settings = settingsIn(rendered({ ...first, policy: leastValues.policy }))
  const secrets = { KAFKA_SASL_PASSWORD: 'x' }
  t.match(
    readConfig({ ...settings, ...secrets }, () => leastValues.policy.inline),
    { policy: leastValues.policy.inline },
  )
})

test('only clients and what collects metrics come in, and only what is configured is reached', async (t) => {
  const { ingress, egress } = one(rendered(leastValues), 'NetworkPolicy').spec as Record<
    string,
    { ports: { port: number }[]; from?: unknown }[]
  >
  t.same(
    ingress!.map(({ ports, from }) => [ports[0]!.port, from !== undefined]),
    [
      [8080, false],
      [9090, true],
    ],
  )
  t.same(new Set(egress!.flatMap(({ ports }) => ports.map(({ port }) => port))), new Set([53, 9092, 9093, 443, 8443]))
  const without = rendered(smallestValues)
  t.equal(settingsIn(without)['ADMIN_HOST'], undefined, 'the admin port is open only behind a NetworkPolicy')
  t.same(
    without.filter(({ kind, metadata }) => kind === 'NetworkPolicy' || metadata.name.endsWith('-admin')),
    [],
  )
})

test('the services find the nodes, and not the pod that tests them', async (t) => {
  const resources = rendered(leastValues)
  const { selector } = one(resources, 'Service').spec as unknown as { selector: Record<string, string> }
  const labels = (one(resources, 'Deployment').spec.template as unknown as Resource).metadata.labels
  t.match(labels, selector)
  const test = one(resources, 'Pod', 'shop-sluice-test')
  t.not(test.metadata.labels['app.kubernetes.io/name'], selector['app.kubernetes.io/name'])
  const { ingress } = one(rendered(mostValues), 'NetworkPolicy').spec as {
    ingress?: { from: { podSelector?: { matchLabels: object } }[] }[]
  }
  const isLetIn = ingress![0]!.from.some(
    ({ podSelector }) => podSelector !== undefined && t.match(test.metadata.labels, podSelector.matchLabels),
  )
  t.ok(isLetIn, 'where clients are named it is one of them')
  const monitor = one(rendered(mostValues), 'ServiceMonitor').spec['selector'] as { matchLabels: object }
  t.match(one(resources, 'Service', 'shop-sluice-admin').metadata.labels, monitor.matchLabels)
})

test('with the most values numbers are whole, switches are words, and times add up', async (t) => {
  const resources = rendered(mostValues)
  const settings = settingsIn(resources)
  for (const [name, value] of Object.entries(settings)) t.notMatch(value ?? '', /e\+|^(true|false)$/, name)
  t.match(settings, { STATE: 'off', KAFKA_TLS: 'on', STATE_BYTES_MAX: '68719476736', JWT_AUDIENCE: mostValues.config.JWT_AUDIENCE })
  t.equal(settings['ENTITIES'], '/etc/sluice/entities/entities.json')
  const { terminationGracePeriodSeconds } = podOf(resources)
  t.equal(terminationGracePeriodSeconds, (3_600_000 + 600_000) / 1000 + 10)
  t.equal(one(resources, 'Deployment').spec['progressDeadlineSeconds'], 86_400 * 3 + 300, 'three types are filled one after the other')
  t.equal(one(resources, 'Deployment').spec['replicas'], undefined, 'the autoscaler says how many')
  t.match(one(resources, 'HorizontalPodAutoscaler').spec, {
    minReplicas: 3,
    metrics: [{ resource: { name: 'cpu' } }, { pods: { metric: { name: 'sluice_connections' }, target: { averageValue: '700000' } } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
  })
  t.ok((one(resources, 'PrometheusRule').spec['groups'] as { rules: unknown[] }[])[0]!.rules.length > 20)
  const [dashboard] = Object.values(one(resources, 'ConfigMap', 'shop-sluice-dashboard').data as Record<string, string>)
  t.equal((JSON.parse(dashboard!) as { panels: unknown[] }).panels.length, 12)
})

test('what would not start, or be open to all, is refused with a sentence', async (t) => {
  const { config, policy } = leastValues
  const refused: readonly (readonly [values: object, why: RegExp])[] = [
    [{}, /config\.KAFKA_BROKERS must be set/],
    [{ config: { ...config, ENTITIES: '' }, policy }, /One of config\.ENTITIES, entities\.inline/],
    [{ config }, /One of policy\.inline, policy\.existingConfigMap/],
    [{ config: { ...config, JWKS_URL: '' }, policy }, /What verifies tokens must be set/],
    [{ config: { ...config, JWT_SECRET: 'x' }, policy }, /JWT_SECRET is a secret: put it into the Secret that existingSecret names/],
    [{ config: { ...config, PORT: 80 }, policy }, /the chart sets PORT: it is 8080/],
    [{ config: { ...config, DRAIN_SECONDS: 1 }, policy }, /'DRAIN_SECONDS' not allowed/],
    [{ config: { ...config, DRAIN_MS: 3_600_001 }, policy }, /\/config\/DRAIN_MS': maximum/],
    [{ config: { ...config, LONGS: 'text' }, policy }, /\/config\/LONGS': value must be one of/],
    [
      { ...leastValues, kafkaRackFromZone: true, config: { ...config, KAFKA_RACK: 'a' } },
      /One of kafkaRackFromZone and config\.KAFKA_RACK/,
    ],
    [{ ...leastValues, replica: 3 }, /'replica' not allowed/],
    [{ ...leastValues, serviceMonitor: { enabled: true }, networkPolicy: { enabled: false } }, /needs networkPolicy\.enabled/],
  ]
  for (const [values, why] of refused) t.match(refusalOf(values), why)
  const schema = /value must be '(JWT_SECRET is .*)'/.exec(refusalOf(refused[4]![0])!)![1]!
  t.ok(refusalOf({ config: { ...config, JWT_SECRET: schema }, policy }), 'the sentence itself is no secret either')
})
