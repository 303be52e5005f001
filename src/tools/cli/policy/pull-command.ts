import { writeFileSync } from 'node:fs'
import { ConfigurationError } from '#errors.js'
import { policyHash, policyKey } from '#policy/control/policy-record.js'
import { brokerHelp, type Variables } from '../broker-options.js'
import type { Subcommand } from '../command-line.js'
import { addTopicOptions, ControlTopicClient, type ControlTopicOptions } from '../control/control-topic.js'
import { exitCodes } from '../exit-codes.js'

interface PullOptions extends ControlTopicOptions {
  readonly out?: string
}

export function pullCommand(values: Variables): Subcommand {
  return (policy, begin) => {
    addTopicOptions(policy.command('pull'), 'POLICY_TOPIC')
      .description('print the policy that its topic has, or write it to a file; leaves with 1 where there is none')
      .option('--out <file>', 'where to write it')
      .addHelpText('after', `\nExample:\n  sluice policy pull --out policy.json\n${brokerHelp}`)
      .action((options: PullOptions) =>
        begin(async (terminal) => {
          const topic = ControlTopicClient.of(options, 'POLICY_TOPIC', values, terminal)
          const text = (await topic.latestOf(policyKey))?.value?.toString()
          if (text === undefined) {
            terminal.writeErr(`The topic ${topic.name} has no policy.\n`)
            return exitCodes.foundSomething
          }
          if (options.out === undefined) terminal.writeOut(text)
          else {
            write(options.out, text)
            terminal.writeOut(`The policy is in ${options.out} (${policyHash(text).slice(0, 12)}).\n`)
          }
          return exitCodes.good
        }),
      )
  }
}

/** @throws ConfigurationError */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be written (${(error as Error).message}).`, { cause: error })
  }
}
