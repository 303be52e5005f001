import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { startCommand } from '#look/start-command.js'

test('a shell takes the command as it is meant, whatever a folder is called, and keeps the secret for its user alone', async (t) => {
  const folder = join(t.testdir({ "it's $HOME `id`": {} }), "it's $HOME `id`")
  const paths = { policy: join(folder, 'policy.json'), entities: '/tmp/a b/entities.json' }
  const values = { KAFKA_BROKERS: 'a:9092,b:9092', SCHEMA_REGISTRY_URL: 'http://registry:8081/apis/ccompat/v7' }
  const command = startCommand(paths, values).replace('npm start', 'env').replace('openssl rand -hex 32', 'echo made')
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  const variables = Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
  const secret = join(folder, 'jwt-secret')
  t.match(variables, { ...values, POLICY_FILE: paths.policy, ENTITIES: paths.entities, HOST: '127.0.0.1', JWT_SECRET_FILE: secret })
  t.same([readFileSync(secret, 'utf8'), statSync(secret).mode & 0o777], ['made\n', 0o600])
})

test('a login in an address is in no command', async (t) => {
  const values = { KAFKA_BROKERS: 'a:9092', KAFKA_SASL_PASSWORD: 'S3cret', SCHEMA_REGISTRY_URL: 'https://ann:S3cret@registry' }
  t.notMatch(startCommand({ policy: 'p', entities: 'e' }, values), 'S3cret')
})
