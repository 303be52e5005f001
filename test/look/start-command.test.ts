import { spawnSync } from 'node:child_process'
import { test } from 'tap'
import { startCommand } from '#look/start-command.js'

test('a shell takes the command as it is meant, whatever a folder is called', async (t) => {
  const paths = { policy: "/tmp/it's $HOME/`id`/policy.json", entities: '/tmp/a b/entities.json' }
  const values = { KAFKA_BROKERS: 'a:9092,b:9092', SCHEMA_REGISTRY_URL: 'http://registry:8081/apis/ccompat/v7' }
  const command = startCommand(paths, values)
    .replace('npm start', 'env')
    .replace(/"\$\(openssl[^)]*\)"/, 'made')
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  const variables = Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
  t.match(variables, { ...values, POLICY_FILE: paths.policy, ENTITIES: paths.entities, JWT_SECRET: 'made' })
})

test('a login in an address is in no command', async (t) => {
  const values = { KAFKA_BROKERS: 'a:9092', KAFKA_SASL_PASSWORD: 'S3cret', SCHEMA_REGISTRY_URL: 'https://ann:S3cret@registry' }
  t.notMatch(startCommand({ policy: 'p', entities: 'e' }, values), 'S3cret')
})
