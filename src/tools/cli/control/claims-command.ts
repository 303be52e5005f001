import { claimsFault, writeClaims } from '#policy/control/claims-record.js'
import type { Claims } from '#policy/rights.js'
import { readInput } from '#config/text-file.js'
import { ConfigurationError } from '#errors.js'
import { parseJson } from '#text/json-text.js'
import { brokerHelp, type Variables } from '../broker-options.js'
import type { Command } from 'commander'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { printable } from '#text/printable.js'
import type { Terminal } from '../terminal.js'
import { addTopicOptions, ControlTopicClient, type ControlTopicOptions } from './control-topic.js'
import { addWaitOption, waitForNodes, type WaitOptions } from './wait-for-nodes.js'

type ClaimsOptions = ControlTopicOptions & WaitOptions
/** Writes a record, and resolves with its offset. */
type Work = (topic: ControlTopicClient, sub: string, terminal: Terminal) => Promise<number>

/** `sluice claims ...`: what the claims' topic says of a user. */
export function claimsCommand(values: Variables = {}): Subcommand {
  return (program, begin) => {
    const claims = program.command('claims').description('read and write what the claims’ topic says of a user')
    const add = (name: string, description: string): Command =>
      addTopicOptions(
        claims.command(name).description(description).argument('<sub>', 'the identity of the user'),
        'CLAIMS_TOPIC',
      ).addHelpText('after', brokerHelp)
    const run = (options: ClaimsOptions, sub: string, work: Work) =>
      begin(async (terminal) => {
        const topic = ControlTopicClient.of(options, 'CLAIMS_TOPIC', values, terminal)
        const offset = await work(topic, sub, terminal)
        return await waitForNodes(options, { topic: topic.name, offset }, terminal)
      })
    addWaitOption(add('set', 'write the claims of a user, all of them').argument('<file>', 'a JSON object')).action(
      (sub: string, file: string, options: ClaimsOptions) => run(options, sub, (topic, ...rest) => set(topic, file, ...rest)),
    )
    add('get', 'print the claims of a user; leaves with 1 where there are none').action((sub: string, options: ClaimsOptions) =>
      begin((terminal) => get(ControlTopicClient.of(options, 'CLAIMS_TOPIC', values, terminal), sub, terminal)),
    )
    addWaitOption(add('delete', 'delete the claims of a user: the token alone counts')).action((sub: string, options: ClaimsOptions) =>
      run(options, sub, remove),
    )
  }
}

async function set(topic: ControlTopicClient, file: string, sub: string, { writeOut }: Terminal): Promise<number> {
  const value = claimsIn(file)
  const offset = await topic.write({ key: sub, value })
  writeOut(`The claims of ${printable(sub)} are written.\n`)
  return offset
}

async function remove(topic: ControlTopicClient, sub: string, { writeOut }: Terminal): Promise<number> {
  const offset = await topic.write({ key: sub, value: null })
  writeOut(`The claims of ${printable(sub)} are deleted.\n`)
  return offset
}

async function get(topic: ControlTopicClient, sub: string, { writeOut, writeErr }: Terminal): Promise<number> {
  const found = await topic.latestOf(sub)
  if (found === undefined) {
    writeErr(`The topic has no claims of ${printable(sub)}.\n`)
    return exitCodes.foundSomething
  }
  writeOut(`${printable(found.value!.toString())}\n`)
  return exitCodes.good
}

/** @throws ConfigurationError where a gateway could not use them, or would pass over some. */
function claimsIn(file: string): Buffer {
  const json = parseJson(readInput(file), (why) => new ConfigurationError(`${file} ${why}.`))
  const fault = claimsFault(json)
  if (fault !== undefined) throw new ConfigurationError(`${file} ${fault}.`)
  return Buffer.from(writeClaims(json as Claims))
}
