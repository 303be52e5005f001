import { checkTopics, topicSettings, type TopicsFacts } from '../../policy/topic-check.js'
import { type EntityDefinition, seedEntity, topicsOf } from '#entities.js'
import { readSchemaFolder } from '#schema/files/schema-folder.js'
import type { KafkaLinkOptions } from '#kafka/kafka-link.js'
import { addBrokerOption, brokerHelp, brokerLink, environmentOf, type BrokerOptions, type Variables } from '../broker-options.js'
import type { Subcommand } from '../command-line.js'
import { type EntitiesOption, parseEntitiesOption } from '../entities-option.js'
import { exitCodes } from '../exit-codes.js'
import { addFindingOptions, type FindingOptions, report } from '../finding-options.js'
import { printable } from '#text/printable.js'
import type { Terminal } from '../terminal.js'

interface CheckOptions extends FindingOptions, EntitiesOption, BrokerOptions {
  readonly schemas: string
}

const examples = `
Examples:
  sluice topics check --brokers localhost:9092
  sluice topics check --brokers localhost:9092 --entities entities.json --strict
  KAFKA_TLS=on KAFKA_TLS_CA_FILE=ca.pem sluice topics check --brokers kafka.example:9093
${brokerHelp}`

/**
 * `sluice topics ...`: checks whether the topics of entities are as the gateway needs them.
 * @param environment the variables that say how brokers are reached, as for the gateway.
 */
export function topicsCommand(environment: Variables = {}): Subcommand {
  return (program, begin) => {
    const topics = program.command('topics').description('check the topics of entities')
    const command = addBrokerOption(topics.command('check'))
      .description('find partition counts and settings that would break order or lose changes')
      .option('--entities <names>', 'names with commas between them, or a file, as ENTITIES (default: ENTITIES, otherwise the schemas)')
      .option('--schemas <folder>', 'the entities, where nothing else names them', 'schemas')
    addFindingOptions(command)
      .addHelpText('after', examples)
      .action((options: CheckOptions) => begin((terminal) => check(options, environment, terminal)))
  }
}

async function check(options: CheckOptions, values: Variables, terminal: Terminal): Promise<number> {
  const environment = environmentOf(options, values)
  const link = brokerLink(environment, terminal)
  const definitions = definitionsOf(options.entities ?? environment.optional('ENTITIES'), options.schemas)
  let facts: TopicsFacts
  try {
    facts = await factsOf(link, definitions)
  } catch (error) {
    terminal.writeErr(`Kafka: ${printable(error instanceof Error ? error.message : String(error))}.\n`)
    return exitCodes.unavailable
  }
  return report('topics check', checkTopics(definitions, facts), options, terminal, topicNames(definitions))
}

async function factsOf(link: KafkaLinkOptions, entities: readonly EntityDefinition[]): Promise<TopicsFacts> {
  // Loaded only here, as no other command needs kafkajs.
  const { topicFactsOf } = await import('#kafka/kafka-topic-facts.js')
  return await topicFactsOf(link, topicNames(entities), topicSettings)
}

/** Each once, as entities may share a topic. */
function topicNames(entities: readonly EntityDefinition[]): string[] {
  return [...new Set(entities.flatMap((entity) => topicsOf(entity).map(({ topic }) => topic)))]
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
