import { randomUUID } from 'node:crypto'
import { InvalidArgumentError } from 'commander'
import { nameCharactersMax } from '#entities.js'
import { clientAddress } from '#protocol/client-address.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import type { Subscription } from './follow.js'
import { paintFor } from '../paint.js'
import { jsonLine } from '../printable.js'
import { tail, type TailParts } from './tail.js'
import type { Terminal } from '../terminal.js'
import { UpdateText } from './update-text.js'

export interface TailRequest extends Subscription {
  /** Whether updates are printed as JSON, a line each, and not as text for people. */
  readonly json: boolean
}

interface TailOptions {
  readonly token: string
  readonly url: URL
  readonly entityType?: string
  readonly clientId?: string
  readonly json?: true
}

export function tailCommand(follow: (request: TailRequest, terminal: Terminal) => Promise<number> = printTail): Subcommand {
  return (program, begin) => {
    program
      .command('tail')
      .description('print the changes of an entity as they happen, each with the fields that the token may see')
      .argument('<entity_id>', 'the entity to follow', nameOption)
      .requiredOption('--token <jwt>', 'the token to connect with', tokenOption)
      .option('--url <url>', 'the gateway', urlOption, new URL('ws://127.0.0.1:8080'))
      .option('--entity-type <type>', 'only the entity of this type (default: every type with this id)', nameOption)
      .option('--client-id <id>', 'who this is among the clients of the same user (default: a random one)', clientIdOption)
      .option('--json', 'print each update as it was sent, one line of JSON each')
      .addHelpText('after', helpAfter)
      .action((entityId: string, options: TailOptions) => begin((terminal) => follow(tailRequest(entityId, options), terminal)))
  }
}

function printTail(request: TailRequest, terminal: Terminal): Promise<number> {
  const { clock, random, writeErr } = terminal
  const notice = (line: string): void => writeErr(`${line}\n`)
  return tail(request, { clock, random, stop: terminal.stop(), update: updatePrinter(request.json, terminal), notice })
}

function updatePrinter(json: boolean, terminal: Terminal): TailParts['update'] {
  const { writeOut } = terminal
  if (json) return (_update, text) => writeOut(`${jsonLine(text)}\n`)
  const texts = new UpdateText(paintFor(terminal))
  return (update, text) => writeOut(texts.render(update, text))
}

const helpAfter = `
Examples:
  sluice tail order-1001 --token "$TOKEN"
  sluice tail order-1001 --token "$TOKEN" --url wss://sluice.example --entity-type order --json

Exit codes: ${exitCodes.good} after Ctrl-C (npx itself ends with 130 then), ${exitCodes.wrongUse} wrong use, ${exitCodes.unavailable} the gateway cannot be reached or ended it, ${exitCodes.refused} the token or the subscription was refused.`

/** The client id differs each time where none is given: a second connection of the same client replaces the first. */
function tailRequest(entityId: string, options: TailOptions): TailRequest {
  const { token, url, entityType, clientId = `tail-${randomUUID()}`, json = false } = options
  return { address: clientAddress(url, clientId), token, entityId, entityType, json }
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

/** The token is sent in a header, where anything but visible ASCII is impossible or would begin another header. */
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
