import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { parse } from 'yaml'
import { readConfig } from '#config/config.js'
import { variables } from '#config/variables.js'
import { topicsOf } from '#entities.js'

interface Container {
  readonly image?: string
  readonly extends?: { readonly file: string; readonly service: string }
  readonly environment?: Readonly<Record<string, string | number>>
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly entrypoint?: readonly string[]
  readonly volumes?: readonly string[]
  readonly stop_grace_period?: string
}

const folder = '.deploy'
const { services } = readCompose(join(folder, 'compose.yaml'))
const sluice = services['sluice']!

function readCompose(path: string) {
  return parse(readFileSync(path, 'utf8')) as { services: Record<string, Container> }
}

/** What the process has in its environment, with the secret that somebody must bring. */
function environmentOf({ environment = {} }: Container): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value).replace(/^\$\{.*\}$/, 'x'.repeat(32))]))
}

test('the gateway of compose.yaml is set up wholly, with the topics that are made for its entities', async (t) => {
  const environment = environmentOf(sluice)
  for (const name of Object.keys(environment)) t.ok(name in variables, name)
  const [mount] = sluice.volumes!
  const [from, to] = mount!.split(':')
  const config = readConfig(environment, (path) => readFileSync(path.replace(to!, join(folder, from!)), 'utf8'))
  const script = services['topics']!.entrypoint!.at(-1)!
  const [entities, operations] = [...script.matchAll(/for \w+ in (.*); do/g)].map(([, list]) => list!.split(' '))
  const made = entities!.flatMap((entity) => operations!.map((operation) => `${entity}.${operation}`))
  t.same(new Set(made), new Set(config.kafka!.entities.flatMap(topicsOf).map(({ topic }) => topic)))
  for (const entity of entities!) t.ok(existsSync(`schemas/${entity}.avsc`), entity)
  t.ok(
    Number.parseInt(sluice.stop_grace_period!) * 1000 >=
      Number(environment['DRAIN_MS']) + Number(environment['SHUTDOWN_TIMEOUT_MS']) + 10_000,
  )
})

test('what compose.yaml waits for, takes over and connects to is there', async (t) => {
  const ours = readCompose(join(folder, 'compose.yaml'))
  for (const [name, one] of Object.entries(ours.services)) {
    for (const other of Object.keys(one.depends_on ?? {})) t.ok(other in ours.services, `${name}: ${other}`)
    if (one.extends !== undefined) t.ok(readCompose(join(folder, one.extends.file)).services[one.extends.service], name)
  }
  const kafka = environmentOf(services['kafka']!)
  t.ok(kafka['KAFKA_ADVERTISED_LISTENERS']!.split(',').includes(`INSIDE://${environmentOf(sluice)['KAFKA_BROKERS']!}`))
  t.equal(services['topics']!.image, readCompose('test/compose.yaml').services['kafka']!.image)
  t.equal(environmentOf(services['schemas']!)['SCHEMA_REGISTRY_URL'], environmentOf(sluice)['SCHEMA_REGISTRY_URL'])
})
