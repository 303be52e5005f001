import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { nameCharactersMax } from '../entities.js'
import { exitCodes } from './exit-codes.js'
import type { Subscription } from './follow.js'

export interface TailRequest extends Subscription {
  /** Updates as JSON, a line each, instead of text for people. */
  readonly json: boolean
}

export interface CommandLineParts {
  /** The client id where none is given. It must differ each time: a second connection of the same client replaces the first. */
  readonly newClientId: () => string
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}

interface TailOptions {
  readonly token: string
  readonly url: URL
  readonly entityType?: string
  readonly clientId?: string
  readonly json?: true
}

/**
 * Reads the arguments that stand behind `sluice`. Returns what is to be followed, or the exit code where there is nothing to do:
 * help was asked for and written, or the use was wrong and it was said how.
 */
export function parseCommandLine(args: readonly string[], parts: CommandLineParts): TailRequest | number {
  let request: TailRequest | undefined
  const program = new Command('sluice').description('Tools for the Sluice gateway.')
  program.exitOverride().configureOutput(parts).showHelpAfterError('(--help tells more)')
  addTail(program, (entityId, options) => (request = tailRequest(entityId, options, parts)))
  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
  }
  return request ?? exitCodes.wrongUse
}

function addTail(program: Command, request: (entityId: string, options: TailOptions) => void): void {
  program
    .command('tail')
    .description('print the changes of an entity as they happen, each with the fields that the token may see')
    .argument('<entity_id>', 'the entity to follow', nameOption)
    .requiredOption('--token <jwt>', 'the token to connect with', tokenOption)
    .option('--url <url>', 'the gateway', urlOption, new URL('ws://127.0.0.1:8080'))
    .option('--entity-type <type>', 'only the entity of this type (default: every type with this id)', nameOption)
    .option('--client-id <id>', 'who this is among the clients of the same user (default: a random one)', clientIdOption)
    .option('--json', 'print each update as it was sent, one line of JSON each')
    .addHelpText('after', exitCodeHelp)
    .action(request)
}

const exitCodeHelp = `
Exit codes: ${exitCodes.done} after Ctrl-C, ${exitCodes.wrongUse} wrong use, ${exitCodes.unavailable} the gateway cannot be reached or ended it, ${exitCodes.refused} the token or the subscription was refused.`

function tailRequest(entityId: string, options: TailOptions, { newClientId }: CommandLineParts): TailRequest {
  const { token, url, entityType, json = false } = options
  return { address: addressOf(url, options.clientId ?? newClientId()), token, entityId, entityType, json }
}

/** The gateway may stand under a path of a proxy. */
function addressOf(url: URL, clientId: string): URL {
  const address = new URL(url)
  address.pathname = `${url.pathname.replace(/\/+$/, '')}/ws/${encodeURIComponent(clientId)}`
  return address
}

function nameOption(value: string): string {
  if (value.length >= 1 && value.length <= nameCharactersMax) return value
  throw new InvalidArgumentError(`It must have 1 to ${nameCharactersMax} characters.`)
}

/** `.` and `..` are steps in a URL's path, however they are written. */
function clientIdOption(value: string): string {
  if (value.includes('/') || value === '.' || value === '..') throw new InvalidArgumentError('It must have no slash and not be . or ..')
  return nameOption(value)
}

/** It is sent in a header, where anything else than visible ASCII is impossible or the start of another header. */
function tokenOption(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw new InvalidArgumentError('It must be a JWT.')
}

function urlOption(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !['ws:', 'wss:'].includes(url.protocol)) throw new InvalidArgumentError('It must begin with ws:// or wss://')
  if (url.hash !== '') throw new InvalidArgumentError('It must have no fragment.')
  return url
}
