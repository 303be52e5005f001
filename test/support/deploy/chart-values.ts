import { type Variable } from '#config/variable.js'
import { variables } from '#config/variables.js'

/** What the chart says itself, and what may not be said together with others here. */
const ofTheChart = new Set([
  'PORT',
  'ADMIN_PORT',
  'ADMIN_HOST',
  'PORT_SHARED',
  'NODE_ID',
  'KAFKA_RACK',
  'POLICY_TOPIC',
  'POLICY_FILE',
  'ENTITIES',
])

/** As little as is enough. */
export const leastValues = {
  config: {
    KAFKA_BROKERS: 'kafka-1.example:9092,kafka-2.example:9093',
    SCHEMA_REGISTRY_URL: 'https://registry.example',
    ENTITIES: 'order,customer',
    JWKS_URL: 'https://login.example:8443/keys',
  },
  policy: { inline: '{"roles":{}}' },
}

/** Everything at once, each number at its end, texts with what YAML and templates have a meaning for. */
export const mostValues = {
  replicas: 50,
  image: { repository: 'registry.example:5000/a/sluice', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'pull' }],
  config: {
    ...settingsAt('max'),
    JWT_AUDIENCE: 'a: {{ b }} "c" #d\n- e',
    STATE: false,
    KAFKA_TLS: true,
  },
  existingSecret: 'secrets',
  secretFiles: { existingSecret: 'secret-files' },
  env: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/ca/ca.pem' }],
  envFrom: [{ configMapRef: { name: 'more' } }],
  policy: { inline: '', existingConfigMap: 'policy' },
  entities: { inline: '{"order":{},"customer":{},"a{{b}}":{}}', existingConfigMap: '' },
  kafkaRackFromZone: true,
  resources: { requests: { cpu: '2', memory: '64Gi' }, limits: { memory: '64Gi' } },
  autoscaling: {
    enabled: true,
    minReplicas: 3,
    maxReplicas: 1000,
    cpuPercent: 50,
    connections: { enabled: true, metric: 'sluice_connections', averageValue: null },
  },
  podDisruptionBudget: { enabled: true, maxUnavailable: '10%' },
  service: { type: 'LoadBalancer', port: 443, annotations: { 'example.com/lb': 'tcp' } },
  ingress: {
    enabled: true,
    className: 'nginx',
    annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' },
    hosts: ['stream.example', '*.shop.example'],
    tls: [{ hosts: ['stream.example'], secretName: 'tls' }],
  },
  networkPolicy: {
    enabled: true,
    clients: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    monitoring: [{ podSelector: { matchLabels: { app: 'prometheus' } } }],
    outside: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
    ports: [19092],
    adminHost: '0.0.0.0',
  },
  serviceMonitor: { enabled: true, interval: '30s', labels: { release: 'prometheus' } },
  prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
  dashboard: { enabled: true, labels: { grafana_dashboard: '1' } },
  serviceAccount: { name: '', annotations: { 'example.com/role': 'reader' } },
  podAnnotations: { 'example.com/x': 'true' },
  podLabels: { team: 'shop' },
  nodeSelector: { 'topology.kubernetes.io/zone': 'a' },
  tolerations: [{ key: 'streams', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
  priorityClassName: 'high',
  extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca', readOnly: true }],
}

/** Every bound of an integer as it is, where the chart lets one set it. */
export const smallestValues = {
  ...leastValues,
  replicas: 0,
  config: { ...leastValues.config, ...integersAt('min') },
  networkPolicy: { enabled: false },
}

/** Each setting with a value of its kind. */
function settingsAt(bound: 'min' | 'max'): Record<string, unknown> {
  const texts: Partial<Record<Variable['kind'], string>> = {
    text: 'text',
    url: 'https://a.example:8443/x',
    urls: 'http://a.example,https://b.example:444',
    socket: 'wss://a.example',
    file: '/etc/sluice/secrets/file',
    brokers: 'a.example:1,[::1]:65535',
    topic: 'topic',
    origins: 'https://a.example',
    switch: 'on',
  }
  const settings = Object.entries<Variable>(variables).flatMap(([name, variable]) => {
    const { kind, choices } = variable
    const value = kind === 'choice' ? choices!.at(-1) : texts[kind]
    return value === undefined || ofTheChart.has(name) ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(settings), ...integersAt(bound) }
}

function integersAt(bound: 'min' | 'max'): Record<string, number> {
  const integers = Object.entries<Variable>(variables).filter(([name, { kind }]) => kind === 'integer' && !ofTheChart.has(name))
  return Object.fromEntries(integers.map(([name, variable]) => [name, variable[bound]!]))
}
