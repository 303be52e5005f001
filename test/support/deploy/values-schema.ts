import { settingsSchema } from './setting-schema.js'

type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }
const list: Schema = { type: 'array' }
const map: Schema = { type: 'object' }
const texts: Schema = { type: 'array', items: text }
const textMap: Schema = { type: 'object', additionalProperties: text }
const port: Schema = { type: 'integer', minimum: 1, maximum: 65_535 }
const percent: Schema = { type: 'integer', minimum: 1, maximum: 100 }

/** Of all values of the chart: what is not named is misspelt, and refused. */
export function valuesSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...of({
      global: map,
      replicas: from(0),
      image: of({ repository: { ...text, minLength: 1 }, tag: text, pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] } }),
      imagePullSecrets: list,
      config: settingsSchema(),
      existingSecret: text,
      secretFiles: of({ existingSecret: text }),
      env: list,
      envFrom: list,
      policy: of({ inline: text, existingConfigMap: text }),
      entities: of({ inline: text, existingConfigMap: text }),
      kafkaRackFromZone: flag,
      startupSeconds: orNull(from(1)),
      resources: map,
      autoscaling: of({
        ...{ enabled: flag, minReplicas: from(1), maxReplicas: from(1), cpuPercent: percent },
        connections: of({ enabled: flag, metric: { ...text, minLength: 1 }, averageValue: orNull(from(1)) }),
      }),
      podDisruptionBudget: of({
        enabled: flag,
        maxUnavailable: { anyOf: [from(0), { type: 'string', pattern: '^[0-9]{1,3}%$' }] },
      }),
      service: of({ type: { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] }, port, annotations: textMap }),
      ingress: of({ enabled: flag, className: text, annotations: textMap, hosts: texts, tls: list }),
      networkPolicy: of({
        ...{ enabled: flag, clients: list, monitoring: list, outside: list, ports: { type: 'array', items: port } },
        adminHost: { enum: ['::', '0.0.0.0'] },
      }),
      serviceMonitor: of({ enabled: flag, interval: { ...text, pattern: '^[0-9]+(ms|s|m)$' }, labels: textMap }),
      prometheusRule: of({ enabled: flag, labels: textMap }),
      dashboard: of({ enabled: flag, labels: textMap }),
      serviceAccount: of({ name: text, annotations: textMap }),
      ...{ podAnnotations: textMap, podLabels: textMap, nodeSelector: textMap, tolerations: list, affinity: map },
      ...{ priorityClassName: text, extraVolumes: list, extraVolumeMounts: list },
    }),
  }
}

function of(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', additionalProperties: false, properties }
}

function from(minimum: number): Schema {
  return { type: 'integer', minimum }
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] }
}
