import { InvalidArgumentError } from 'commander'
import * as v from 'valibot'
import { checkTopics, topicSettings, type TopicsFacts } from '../../policy/topic-check.js'
import { Environment } from '#config/environment.js'
import { type BrokerConfig, readBrokerConfig } from '#config/broker-config.js'
import { allowedValues, valueSchema } from '#config/variable-value.js'
import { variables } from '#config/variables.js'
import { type EntityDefinition, seedEntity, topicsOf } from '#entities.js'
import { openLog } from '#logging/open-log.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import { sharedSasl } from '#kafka/login/kafka-sasl.js'
import type { Subcommand } from '../command-line.js'
import { type EntitiesOption, parseEntitiesOption } from '../entities-option.js'
import { exitCodes } from '../exit-codes.js'
import { addFindingOptions, type FindingOptions, report } from '../finding-options.js'
import { readTextFile } from '#config/text-file.js'
import { printable } from '../printable.js'
import type { Terminal } from '../terminal.js'
import { WrongUseError } from '../wrong-use-error.js'

interface CheckOptions extends FindingOptions, EntitiesOption {
  readonly brokers?: string
  readonly schemas: string
}

const examples = `
Examples:
  sluice topics check --brokers localhost:9092
  sluice topics check --brokers localhost:9092 --entities entities.json --strict
  KAFKA_TLS=on KAFKA_TLS_CA_FILE=ca.pem sluice topics check --brokers kafka.example:9093

TLS and SASL are taken from the environment, as the gateway takes them: the variables that begin with KAFKA_TLS and KAFKA_SASL.
`

/** The variables of a process. */
type Variables = Readonly<Record<string, string | undefined>>

/**
 * `sluice topics ...`: checks whether the topics of entities are as the gateway needs them.
 * @param environment the variables that say how brokers are reached, as for the gateway.
 */
export function topicsCommand(environment: Variables = {}): Subcommand {
  return (program, begin) => {
    const topics = program.command('topics').description('check the topics of entities')
    const command = topics
      .command('check')
      .description('find partition counts and settings that would break order or lose changes')
      .option('--brokers <list>', 'with commas between them, instead of KAFKA_BROKERS', brokersOf)
      .option('--entities <names>', 'names with commas between them, or a file, as ENTITIES (default: ENTITIES, otherwise the schemas)')
      .option('--schemas <folder>', 'the entities, where nothing else names them', 'schemas')
    addFindingOptions(command)
      .addHelpText('after', examples)
      .action((options: CheckOptions) => begin((terminal) => check(options, environment, terminal)))
  }
}

async function check(options: CheckOptions, values: Variables, terminal: Terminal): Promise<number> {
  const given = options.brokers === undefined ? values : { ...values, KAFKA_BROKERS: options.brokers }
  const environment = new Environment(given, readTextFile)
  if (!environment.isSet('KAFKA_BROKERS')) throw new WrongUseError('The brokers (--brokers or KAFKA_BROKERS) are not set.')
  if (!areBrokers(given.KAFKA_BROKERS!.trim()))
    throw new WrongUseError(`The brokers (KAFKA_BROKERS) must be ${allowedValues(variables.KAFKA_BROKERS)}.`)
  const brokers = readBrokerConfig(environment)
  const definitions = definitionsOf(options.entities ?? environment.optional('ENTITIES'), options.schemas)
  let facts: TopicsFacts
  try {
    facts = await factsOf(brokers, definitions, terminal)
  } catch (error) {
    terminal.writeErr(`Kafka: ${printable(error instanceof Error ? error.message : String(error))}.\n`)
    return exitCodes.unavailable
  }
  return report('topics check', checkTopics(definitions, facts), options, terminal, topicNames(definitions))
}

async function factsOf(brokers: BrokerConfig, entities: readonly EntityDefinition[], { clock }: Terminal): Promise<TopicsFacts> {
  // Loaded only here, as no other command needs kafkajs.
  const { topicFactsOf } = await import('#kafka/kafka-topic-facts.js')
  const { log } = openLog('silent', clock)
  return await topicFactsOf({ ...brokers, sasl: sharedSasl(brokers.sasl, clock, log), clock, log }, topicNames(entities), topicSettings)
}

/** Each once, as entities may share a topic. */
function topicNames(entities: readonly EntityDefinition[]): string[] {
  return [...new Set(entities.flatMap((entity) => topicsOf(entity).map(({ topic }) => topic)))]
}

/** Checked here, so that the error names the option that was given. */
function brokersOf(text: string): string {
  if (!areBrokers(text)) throw new InvalidArgumentError(`It must be ${allowedValues(variables.KAFKA_BROKERS)}.`)
  return text
}

function areBrokers(text: string): boolean {
  return v.is(valueSchema(variables.KAFKA_BROKERS), text)
}

/** A star in the list stands for the entities of the folder here. */
function definitionsOf(entities: string | undefined, folder: string): readonly EntityDefinition[] {
  if (entities === undefined) return seedEntities(folder)
  const { entities: named, discover } = parseEntitiesOption(entities)
  if (!discover) return named
  return [...named, ...seedEntities(folder).filter(({ name }) => !named.some((one) => one.name === name))]
}

function seedEntities(folder: string): EntityDefinition[] {
  return readSchemaFolder(folder).map(({ entityType }) => seedEntity(entityType))
}
