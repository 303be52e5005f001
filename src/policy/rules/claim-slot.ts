import { Literal, isRounded, isScalar } from './literal.js'
import type { Place } from './place.js'
import { claimAt, claimListAt, JoinedClaims, type UserClaims } from '../claim-path.js'

/**
 * - `scalar`: a string, a number or a boolean.
 * - `ordered`: what `$gt` and its like can order: a string or a number.
 * - `list`: a list of scalars; a scalar alone is a list of one, as issuers of tokens write a single value either way, and a text of scopes one
 *   of many.
 */
export type ClaimKind = 'scalar' | 'ordered' | 'list'

/** The limit of values of one claim, as a condition may look up each of them for each event. A token of 8 kB holds fewer. */
const claimValuesMax = 1_000
/** The same of a claim from the topic, whose writer is an administrator: memberships that are too many for a token. */
const topicValuesMax = 10_000
/** Names, ids and URIs are shorter. A longer text is meant to make comparing expensive. */
const claimCharactersMax = 1_024

/** A place in a condition that a claim of the token fills. */
export class ClaimSlot {
  constructor(
    readonly claim: string,
    private readonly takes: ClaimKind,
  ) {}

  /**
   * The user's value, undefined where the claim is missing. A claim that cannot stand here counts as lacking: an object could be an
   * operator, a rounded integer is not what the issuer wrote, null must not match every event whose field is null, and a very long value
   * would hold up everybody.
   */
  fill(claims: UserClaims): Literal | readonly Literal[] | undefined {
    if (this.takes === 'list') return claimLiterals(claimListAt(claims, this.claim), this.valuesMax(claims))
    const claim = claimAt(claims, this.claim)
    if (this.takes === 'ordered' && typeof claim === 'boolean') return undefined
    return claimLiteral(claim)
  }

  private valuesMax(claims: UserClaims): number {
    return claims instanceof JoinedClaims && claims.isOfTopic(this.claim) ? topicValuesMax : claimValuesMax
  }
}

function claimLiterals(values: readonly unknown[] | undefined, valuesMax: number): readonly Literal[] | undefined {
  if (values === undefined || values.length > valuesMax) return undefined
  const literals = values.map(claimLiteral)
  return literals.every((literal) => literal !== undefined) ? literals : undefined
}

function claimLiteral(value: unknown): Literal | undefined {
  if (!isScalar(value) || value === null || isRounded(value)) return undefined
  return typeof value === 'string' && value.length > claimCharactersMax ? undefined : new Literal(value)
}

/** A path as `claimAt` follows it. Names have what words and URIs have (`https://acme.example/region`), so that no expression looks like one. */
const reference = /^\$\{user\.((?!\.)[\w\-.:/?#[\]@!&'()*+,;=%~]+(?<!\.))\}$/

/** The slot of the claim that a string of the policy file refers to; undefined where the string refers to none. */
export function parseClaimReference(text: string, takes: ClaimKind, place: Place): ClaimSlot | undefined {
  if (!text.includes('${')) return undefined
  const name = reference.exec(text)?.[1]
  if (name === undefined)
    throw place.refusal('refers to a claim in a way that is not understood; a claim fills a whole value, as "${user.region}" does')
  return new ClaimSlot(name, takes)
}
