import { test } from 'tap'
import { misspeltVariables } from '#config/misspelt-variables.js'

const suspects = (...names: string[]) => misspeltVariables(Object.fromEntries(names.map((name) => [name, 'x'])))

test('knows a letter too few, too many, wrong or swapped', async (t) => {
  t.same(suspects('KAFKA_BROKER'), ['KAFKA_BROKER is set and means nothing here; is KAFKA_BROKERS meant?'])
  t.same(suspects('JWT_SECERT'), ['JWT_SECERT is set and means nothing here; is JWT_SECRET meant?'])
  t.same(suspects('JWT_SECRETS'), ['JWT_SECRETS is set and means nothing here; is JWT_SECRET meant?'])
  t.same(suspects('JWT_SECRET2', 'JWT_SECRET'), [], 'the right one is set too')
  t.same(suspects('LOG-LEVEL'), ['LOG-LEVEL is set and means nothing here; is LOG_LEVEL meant?'])
})

test('knows what is meant for us and means nothing', async (t) => {
  t.same(suspects('SCHEMA_REGISTRY_SSL_CA'), ['SCHEMA_REGISTRY_SSL_CA is set and means nothing here.'])
  const ofService = ['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_HTTP', 'PORT', 'PORT_8081_TCP', 'PORT_8081_TCP_ADDR']
  t.same(suspects(...ofService.map((name) => `SCHEMA_REGISTRY_${name}`)), [], 'Kubernetes sets these')
})

test('says nothing of what others may own', async (t) => {
  t.same(suspects('KAFKA_OPTS', 'HOME', 'PORTS', 'JWT_KEY', 'TLS_FILE', 'KAFKA_BROKERS', 'PATH', ''), [])
})
