import { relative } from 'node:path'
import { Environment } from '#config/environment.js'
import { readRegistryConfig } from '#config/registry-config.js'
import { readTextFile } from '#config/text-file.js'
import { ConfigurationError } from '#errors.js'
import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { newestRecordsOf, topicsOf } from '#kafka/newest-records.js'
import { ConfluentRegistry } from '#registry/confluent-registry.js'
import { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { withLogin } from '#registry/registry-login.js'
import { printable } from '#text/printable.js'
import { redacted } from '#text/redaction.js'
import { brokerLink, type BrokerOptions, environmentOf, type Variables } from '#tools/cli/broker-options.js'
import { exitCodes } from '#tools/cli/exit-codes.js'
import { paintFor } from '#tools/cli/paint.js'
import { type RegistryOptions, registryVariables } from '#tools/cli/registry-options.js'
import type { Terminal } from '#tools/cli/terminal.js'
import { UnavailableError } from '#tools/cli/unavailable-error.js'
import { entityFilesOf } from './entity-files.js'
import { topicGroupsOf } from './entity-guesses.js'
import { findingsText } from './findings-text.js'
import { type Finding, isFound } from './found-entity.js'
import { type Looking, startLooking } from './looking.js'
import { madeUpPeople, madeUpPolicy } from './made-up-roles.js'
import { RememberingRegistry } from './remembering-registry.js'
import { entitiesText, StarterFiles } from './starter-files.js'
import { startCommand } from './start-command.js'
import { TopicFinder } from './topic-finder.js'
import { chosenTopics } from './topic-list.js'

// `sluice look`. Enters: where somebody's Kafka and registry are. Leaves: a console for this machine alone, with their own newest records as
// three made-up people would see them. Nothing is written to Kafka or the registry, and to the disk only what somebody saves.

export interface LookOptions extends BrokerOptions, RegistryOptions {
  /** Names, with `*` for any part; none is all. */
  readonly topic: readonly string[]
  readonly port: number
  readonly newest: number
  readonly saveTo: string
  readonly save?: true
}

/** Enough to see how a topic is written, and by whom. */
const trialRecordsMax = 20

/** How long a call of the registry may take, in milliseconds: people wait for it. */
const timeoutMs = 10_000

export async function look(options: LookOptions, environment: Variables, terminal: Terminal): Promise<number> {
  const { clock, writeOut } = terminal
  const values = valuesOf(options, environment)
  const link = brokerLink(environmentOf({}, values), terminal)
  const { log } = link
  const registryConfig = { ...readRegistryConfig(new Environment(values, readTextFile)), timeoutMs }
  const reached = withLogin(registryConfig, clock, log)
  const [registry, subjects] = [await ConfluentRegistry.create(reached), await ConfluentSubjects.create(reached)]
  await subjects.globalLevel()
  const findings = await foundOn(link, new RememberingRegistry(registry), options, terminal)
  writeOut(findingsText(findings, options.newest, paintFor(terminal)))
  const found = findings.filter(isFound)
  if (found.length === 0) throw new ConfigurationError('Of these topics none can be shown.')
  const entities = entitiesText(found.map(({ definition }) => definition))
  const files = new StarterFiles(options.saveTo, entities)
  const commandOf = (paths: { readonly policy: string; readonly entities: string }) => startCommand(paths, values)
  if (options.save === true) {
    const paths = files.save(madeUpPolicy(found))
    writeOut(savedText(Object.values(paths), commandOf(paths)))
    return exitCodes.good
  }
  const stop = terminal.stop()
  const schemas = await entityFilesOf(found, subjects)
  const { port, newest: newestMax } = options
  const looking = await startLooking({ found, values, entities, files, schemas, commandOf, port, newestMax, log }, terminal)
  writeOut(lookingText(looking, madeUpPeople(found)))
  await Promise.race([aborted(stop), looking.gateway.failed])
  await looking.gateway.stop()
  return exitCodes.good
}

/** Only what says where Kafka and the registry are: the rest is of the gateway that somebody else may run here. */
function valuesOf(options: LookOptions, environment: Variables): Variables {
  const values = { ...environment, ...(options.brokers !== undefined && { KAFKA_BROKERS: options.brokers }) }
  environmentOf({}, values)
  const all = registryVariables({ ...options, environment: values })
  return Object.fromEntries(Object.entries(all).filter(([name]) => /^(KAFKA|SCHEMA_REGISTRY)_/.test(name)))
}

async function foundOn(
  link: KafkaLinkOptions,
  registry: RememberingRegistry,
  { topic }: LookOptions,
  { clock, writeOut }: Terminal,
): Promise<Finding[]> {
  const all = await answered(topicsOf(link))
  const { topics, more } = chosenTopics(
    all.map((one) => one.topic),
    topic,
    await registry.subjects(),
  )
  const [count, rest] = [
    `${topics.length} ${topics.length === 1 ? 'topic' : 'topics'}`,
    more === 0 ? '' : ` (of ${topics.length + more}; --topic names others)`,
  ]
  writeOut(`Looking at ${count}${rest} of ${link.brokers.join(', ')}:\n\n`)
  const newest = await answered(
    newestRecordsOf(
      link,
      all.filter((one) => topics.includes(one.topic)),
      trialRecordsMax,
    ),
  )
  const finder = new TopicFinder({ registry, clock, log: link.log })
  const findings: Finding[] = []
  try {
    for (const group of topicGroupsOf(topics)) {
      const its = newest.filter((one) => group.topics.includes(one.topic))
      findings.push(...(await Promise.race([finder.find(group, its), registry.lost])))
    }
  } finally {
    finder.stop()
  }
  return findings
}

async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new UnavailableError(`Kafka: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function savedText(paths: readonly string[], command: string): string {
  return `\nWritten: ${printable(paths.map(fromHere).join(' and '))}. In Sluice's folder this starts a gateway with them:\n\n  ${printable(redacted(command))}\n`
}

function fromHere(path: string): string {
  const near = relative('', path)
  return near.startsWith('..') ? path : near
}

function lookingText({ address, reasons }: Looking, people: ReturnType<typeof madeUpPeople>): string {
  const rows = people.map(({ name, sees, claims }) => printable(`  ${name} (role ${claims.roles.join(', ')}) sees ${sees}.`))
  const waits = reasons.map((reason) => `\nNot all of it is read yet: ${printable(reason)}.\n`)
  return `
See them in a browser, as three made-up people would:

  ${address}

${rows.join('\n')}
${waits.join('')}
A press on a field says why somebody sees it, and hides it. "Save as files" writes the policy for a gateway that stays.
Only this machine reaches the address, and nothing is written to Kafka or the registry. Ctrl-C ends it; the keys are gone then.
`
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
