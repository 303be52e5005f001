import { addBrokerOption, brokerHelp, type Variables } from '#tools/cli/broker-options.js'
import type { Subcommand } from '#tools/cli/command-line.js'
import { addRegistryOptions } from '#tools/cli/registry-options.js'
import { WrongUseError } from '#tools/cli/wrong-use-error.js'
import type { LookOptions } from './look.js'

type Given = Omit<LookOptions, 'port' | 'newest' | 'topic'> & {
  readonly topic?: readonly string[]
  readonly port: string
  readonly newest: string
}

/** More takes longer than people wait for a first look, and much memory. */
const newestDefault = '10000'

const examples = `
Examples:
  sluice look --brokers localhost:9092 --registry http://localhost:8081
  sluice look --brokers localhost:9092 --registry http://localhost:8081 --topic 'shop.*' --topic payments
  sluice look --brokers localhost:9092 --registry http://localhost:8081 --save --save-to try
${brokerHelp}`

/**
 * `sluice look`: somebody's own newest records at a console.
 * @param environment the variables that say how brokers and the registry are reached, as for the gateway.
 */
export function lookCommand(environment: Variables = {}): Subcommand {
  return (program, begin) => {
    const command = program
      .command('look')
      .description('show the newest records of your own topics as three made-up people would see them, in a browser')
    addRegistryOptions(addBrokerOption(command))
      .option('--topic <name>', 'only this topic, with * for any part of a name; may be given several times', appended)
      .option('--newest <count>', 'how many records of a topic are read that are there already', newestDefault)
      .option('--port <number>', 'of the console; 0 is any free one', '0')
      .option('--save-to <folder>', 'where policy.json and entities.json are written when somebody saves', '.')
      .option('--save', 'write them now, and do nothing else')
      .addHelpText('after', examples)
      .action((given: Given) =>
        begin(async (terminal) => {
          const { topic = [] } = given
          const options = {
            ...given,
            topic,
            port: integer('--port', given.port, 0, 65_535),
            newest: integer('--newest', given.newest, 1, 100_000_000),
          }
          // Loaded only here, as no other command needs a gateway.
          const { look } = await import('./look.js')
          return await look(options, environment, terminal)
        }),
      )
  }
}

function appended(one: string, others: readonly string[] = []): readonly string[] {
  return [...others, one]
}

/** @throws WrongUseError */
function integer(option: string, text: string, min: number, max: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
  throw new WrongUseError(`${option} is "${text}"; it must be a whole number from ${min} to ${max}.`)
}
