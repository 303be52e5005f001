import { readInput } from '#config/text-file.js'
import { ConfigurationError } from '#errors.js'
import { claimAt, JoinedClaims } from '#policy/claim-path.js'
import { readClaims } from '#policy/control/claims-record.js'
import type { Claims } from '#policy/rights.js'
import { rolesOf } from '#policy/roles.js'
import { isJsonObject } from '#text/json-object.js'
import { parseJson } from '#text/json-text.js'
import type { User } from '../../policy/policy-reading.js'
import { environmentOf, type BrokerOptions, type Variables } from '../broker-options.js'
import { ControlTopicClient } from '../control/control-topic.js'
import type { Terminal } from '../terminal.js'
import { WrongUseError } from '../wrong-use-error.js'

/** Whom a command asks about: by a file of claims, or by what the claims' topic and a token say. */
export interface UserOptions extends BrokerOptions {
  readonly user?: string
  readonly as?: string
  readonly token?: string
  readonly role?: readonly string[]
  readonly claimsTopic?: string
  readonly rolesClaim: readonly string[]
}

/** @throws WrongUseError, ConfigurationError, UnavailableError */
export async function askedUser(options: UserOptions, values: Variables, terminal: Terminal): Promise<User> {
  const { user, as: sub, token, role = [], rolesClaim } = options
  if ((user === undefined) === (sub === undefined)) throw new WrongUseError('Give one of --user and --as.')
  if (sub === undefined) return userOf(claimsIn(user!), rolesClaim)
  if (token === undefined && role.length === 0) throw new WrongUseError('With --as give --token or --role.')
  const ofToken = token === undefined ? { sub } : tokenClaims(token, sub, values)
  const claims = new JoinedClaims({ claims: await topicClaims(sub, options, values, terminal) }, ofToken, topicOnly(options, values))
  return { roles: [...new Set([...rolesOf(claims, rolesClaim), ...role])], claims }
}

/** Reads a user's claims by JSON's own parser, which reads the gateway's tokens too. */
function claimsIn(file: string): Claims {
  const claims = parseJson(readInput(file), (why) => new ConfigurationError(`${file} ${why}.`))
  if (!isJsonObject(claims)) throw new ConfigurationError(`${file} must hold an object: the claims of a token.`)
  return claims
}

function userOf(claims: Claims, rolesClaim: readonly string[]): User {
  return { roles: rolesOf(claims, rolesClaim), claims }
}

/** What a token says, good or not: nobody is let in by it here. */
function tokenClaims(token: string, sub: string, values: Variables): Claims {
  const json = payloadOf(token)
  if (!isJsonObject(json)) throw new WrongUseError('The token (--token) is no JWT.')
  const own = claimAt(json, values['JWT_SUB_CLAIM'] || 'sub')
  if (String(own) !== sub) throw new WrongUseError(`The token (--token) is of another user than --as says.`)
  return json
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as unknown
  } catch {
    return undefined
  }
}

async function topicClaims(sub: string, options: UserOptions, values: Variables, terminal: Terminal): Promise<Claims> {
  const named = { ...options, ...(options.claimsTopic !== undefined && { topic: options.claimsTopic }) }
  const record = await ControlTopicClient.of(named, 'CLAIMS_TOPIC', values, terminal).latestOf(sub)
  const claims = record === undefined ? {} : readClaims(record.value!.toString())
  if (claims === undefined) throw new ConfigurationError(`The claims of ${sub} on the topic cannot be read: the user has no rights.`)
  return claims
}

function topicOnly(options: UserOptions, values: Variables): readonly string[] {
  return environmentOf(options, values).list('CLAIMS_TOPIC_ONLY')
}
