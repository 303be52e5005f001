import { randomUUID } from 'node:crypto'
import { InvalidArgumentError } from 'commander'
import { readInput } from '#config/text-file.js'
import { nameCharactersMax } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { paintFor } from '../paint.js'
import { changeJson } from './change-json.js'
import { checkFollowed, fieldsOption, whereOption, type Followed } from './followed.js'
import { tail, type TailParts } from './tail.js'
import type { Terminal } from '../terminal.js'
import { WrongUseError } from '../wrong-use-error.js'
import { UpdateText } from './update-text.js'

export interface TailRequest extends Pick<TailParts, 'url' | 'clientId' | 'token'>, Followed {
  /** Whether updates are printed as JSON, a line each, and not as text for people. */
  readonly json: boolean
}

interface TailOptions extends Omit<Followed, 'entityId'> {
  readonly token?: string
  readonly tokenFile?: string
  readonly url: URL
  readonly clientId?: string
  readonly json?: true
}

export function tailCommand(follow: (request: TailRequest, terminal: Terminal) => Promise<number> = printTail): Subcommand {
  return (program, begin) => {
    program
      .command('tail')
      .description('print an entity, or a list of them, as it is, then its changes as they happen, with the fields that the token may see')
      .argument('[entity_id]', 'the entity to follow', nameOption)
      .option('--token <jwt>', 'the token to connect with', tokenOption)
      .option('--token-file <file>', 'a file with the token, which is read again whenever a new one is needed')
      .option('--url <url>', 'the gateway', urlOption, new URL('ws://127.0.0.1:8080'))
      .option(
        '--type, --entity-type <type>',
        'only the entity of this type (default: every type with this id); the type of a list',
        nameOption,
      )
      .option('--where <json>', "follow a list: all entities of the type that pass this filter; '{}' is all", whereOption)
      .option('--fields <fields>', 'show only these of each entity of a list: paths and patterns, with commas', fieldsOption)
      .option('--client-id <id>', 'who this is among the clients of the same user (default: a random one)', clientIdOption)
      .option('--json', 'print each update as one line of JSON')
      .addHelpText('after', helpAfter)
      .action((entityId: string | undefined, options: TailOptions) => begin((terminal) => follow(tailRequest(entityId, options), terminal)))
  }
}

function printTail(request: TailRequest, terminal: Terminal): Promise<number> {
  const { clock, writeErr } = terminal
  const notice = (line: string): void => writeErr(`${line}\n`)
  return tail({ ...request, clock, stop: terminal.stop(), shown: printer(request.json, terminal), notice })
}

function printer(json: boolean, terminal: Terminal): TailParts['shown'] {
  const { writeOut } = terminal
  if (json) return (change) => writeOut(`${changeJson(change)}\n`)
  const texts = new UpdateText(paintFor(terminal))
  return (change) => writeOut(texts.render(change))
}

const helpAfter = `
Examples:
  sluice tail order-1001 --token "$TOKEN"
  sluice tail order-1001 --token-file token.jwt --url wss://sluice.example --type order --json
  sluice tail --type order --where '{"status":"PAID"}' --fields id,status,total --token "$TOKEN"

Exit codes: ${exitCodes.good} after Ctrl-C (npx itself ends with 130 then), ${exitCodes.wrongUse} wrong use, ${exitCodes.unavailable} the gateway cannot be reached or ended it, ${exitCodes.refused} the token or the subscription was refused.`

/** The client id differs each time where none is given: a second connection of the same client replaces the first. */
function tailRequest(entityId: string | undefined, options: TailOptions): TailRequest {
  const { url, entityType, where, fields, clientId = `tail-${randomUUID()}`, json = false } = options
  const followed = { entityId, entityType, where, fields }
  checkFollowed(followed)
  return { url: url.href, clientId, token: tokenSource(options), ...followed, json }
}

function tokenSource({ token, tokenFile }: TailOptions): () => string {
  if ((token === undefined) === (tokenFile === undefined)) throw new WrongUseError('One of --token and --token-file is needed.')
  return token === undefined ? () => tokenIn(tokenFile!) : () => token
}

/** @throws ConfigurationError where the file holds no token. */
function tokenIn(file: string): string {
  const token = readInput(file).trim()
  if (tokenPattern.test(token)) return token
  throw new ConfigurationError(`${file} must hold a JWT, and nothing else.`)
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

/** The token is sent as a subprotocol, which is one of HTTP's tokens (RFC 9110), as every JWT is. */
const tokenPattern = /^[\w!#$%&'*+.^`|~-]+$/

function tokenOption(value: string): string {
  if (tokenPattern.test(value)) return value
  throw new InvalidArgumentError('It must be a JWT.')
}

function urlOption(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !['ws:', 'wss:'].includes(url.protocol)) throw new InvalidArgumentError('It must begin with ws:// or wss://')
  if (url.hash !== '' || url.search !== '') throw new InvalidArgumentError('It must have no query and no fragment.')
  return url
}
