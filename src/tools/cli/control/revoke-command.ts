import { InvalidArgumentError, Option } from 'commander'
import { revocationKey, writeRevocation, type RevokedKind } from '#policy/control/revocation-record.js'
import type { Variables } from '../broker-options.js'
import { brokerHelp } from '../broker-options.js'
import type { Subcommand } from '../command-line.js'
import { printable } from '#text/printable.js'
import type { Terminal } from '../terminal.js'
import { WrongUseError } from '../wrong-use-error.js'
import { addTopicOptions, ControlTopicClient, type ControlTopicOptions } from './control-topic.js'
import { addWaitOption, waitForNodes, type WaitOptions } from './wait-for-nodes.js'

interface RevokeOptions extends ControlTopicOptions, WaitOptions {
  readonly sub?: string
  readonly jti?: string
  readonly before?: number
  readonly lift?: true
}

const examples = `
Examples:
  sluice revoke --sub ann --brokers kafka:9092 --topic sluice.revocations
  sluice revoke --sub ann --before 2026-11-30T12:00:00Z --wait http://10.0.0.1:9090 http://10.0.0.2:9090
  sluice revoke --jti 5f8c --lift
${brokerHelp}`

/** `sluice revoke`: makes good tokens void at all nodes, or lifts that. It needs the brokers and its topic alone. */
export function revokeCommand(values: Variables = {}): Subcommand {
  return (program, begin) => {
    const command = program
      .command('revoke')
      .description('make tokens of a user, or one token, void at all nodes')
      .option('--sub <sub>', 'the user whose tokens are void that were issued until now')
      .option('--jti <jti>', 'the id of the token that is void')
      .addOption(
        new Option('--before <time>', 'void are those that were issued earlier: ISO 8601, or seconds since the epoch').argParser(secondsOf),
      )
      .option('--lift', 'lift the revocation')
    addWaitOption(addTopicOptions(command, 'REVOCATIONS_TOPIC'))
      .addHelpText('after', examples)
      .action((options: RevokeOptions) => begin((terminal) => revoke(options, values, terminal)))
  }
}

async function revoke(options: RevokeOptions, values: Variables, terminal: Terminal): Promise<number> {
  const { kind, name } = revoked(options)
  const topic = ControlTopicClient.of(options, 'REVOCATIONS_TOPIC', values, terminal)
  const { before = terminal.clock.now() / 1000, lift } = options
  const value = lift ? null : Buffer.from(kind === 'sub' ? writeRevocation(before) : '{}')
  const offset = await topic.write({ key: revocationKey(kind, name), value })
  terminal.writeOut(`${sentence(kind, name, lift === true, before)}\n`)
  return await waitForNodes(options, { topic: topic.name, offset }, terminal)
}

/** @throws WrongUseError */
function revoked({ sub, jti, before, lift }: RevokeOptions): { kind: RevokedKind; name: string } {
  if ((sub === undefined) === (jti === undefined)) throw new WrongUseError('Give one of --sub and --jti.')
  if (before !== undefined && (jti !== undefined || lift)) throw new WrongUseError('--before goes with --sub alone, and not with --lift.')
  const name = sub ?? jti ?? ''
  if (name === '') throw new WrongUseError('The name of what is revoked is empty.')
  return { kind: sub === undefined ? 'jti' : 'sub', name }
}

function sentence(kind: RevokedKind, name: string, isLifted: boolean, beforeSeconds: number): string {
  const whose = kind === 'sub' ? `Tokens of ${printable(name)}` : `The token ${printable(name)}`
  const verb = kind === 'sub' ? 'are' : 'is'
  if (isLifted) return `${whose} ${verb} not revoked any more.`
  return kind === 'jti' ? `${whose} is void.` : `${whose} that were issued before ${new Date(beforeSeconds * 1000).toISOString()} are void.`
}

/** A time without a zone would mean another moment on each machine. */
function secondsOf(text: string): number {
  if (/^\d{1,12}(\.\d+)?$/.test(text)) return Number(text)
  const ms = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a time in ISO 8601 with its zone, or seconds since the epoch.')
  return ms / 1000
}
