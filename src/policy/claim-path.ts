import type { Claims } from './rights.js'

/** All that is known of a user: the claims of the token, or of the topic and the token. */
export type UserClaims = Claims | JoinedClaims

/** Claims of a user that a topic has, and those of the token. At each path the topic is asked first, wholly. */
export class JoinedClaims {
  /**
   * @param topic may be read anew each time that it is asked.
   * @param topicOnly the paths of claims that never come from tokens.
   */
  constructor(
    private readonly topic: { readonly claims: Claims },
    private readonly token: Claims,
    private readonly topicOnly: readonly string[],
  ) {}

  at(path: string): unknown {
    const { value, rest } = followed(this.topic.claims, path)
    if (rest === undefined) return value
    return value === null ? null : this.tokenAt(path)
  }

  /** Whether the topic decides what stands there. Null on the way decides too: the claim is missing then. */
  isOfTopic(path: string): boolean {
    const { value, rest } = followed(this.topic.claims, path)
    return rest === undefined || value === null
  }

  /** What each of them has there. */
  bothAt(path: string): readonly unknown[] {
    return [valueAt(this.topic.claims, path), this.tokenAt(path)]
  }

  private tokenAt(path: string): unknown {
    const isTopicOnly = this.topicOnly.some((name) => path === name || path.startsWith(`${name}.`))
    return isTopicOnly ? undefined : valueAt(this.token, path)
  }
}

/**
 * What stands in a token at a path, whose steps are joined by dots; undefined where the path leads to nothing. Names may have dots too: at
 * each level the longest one that fits is taken, and it is never gone back, so that nobody who writes into a token turns a path elsewhere.
 */
export function claimAt(claims: UserClaims, path: string): unknown {
  return claims instanceof JoinedClaims ? claims.at(path) : valueAt(claims, path)
}

/** What stands there as a list: a text of scopes is one (RFC 8693, section 4.2), and a value alone is a list of one. */
export function claimListAt(claims: UserClaims, path: string): readonly unknown[] | undefined {
  return listOf(claimAt(claims, path), path)
}

/** The same of the topic and of the token together. */
export function claimListsAt(claims: UserClaims, path: string): readonly unknown[] {
  const values = claims instanceof JoinedClaims ? claims.bothAt(path) : [valueAt(claims, path)]
  return values.flatMap((value) => listOf(value, path) ?? [])
}

/** `scp` is what some issuers call it. */
const scopes = /(?:^|\.)(?:scope|scp)$/

function listOf(value: unknown, path: string): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value as readonly unknown[]
  return typeof value === 'string' && scopes.test(path) ? value.split(' ').filter((scope) => scope !== '') : [value]
}

function valueAt(claims: Claims, path: string): unknown {
  const { value, rest } = followed(claims, path)
  return rest === undefined ? value : undefined
}

/** The last value that the path leads to, and what is left of the path there. */
function followed(claims: Claims, path: string): { readonly value: unknown; readonly rest: string | undefined } {
  let value: unknown = claims
  let rest: string | undefined = path
  while (rest !== undefined) {
    const name = longestName(value, rest)
    if (name === undefined) break
    value = (value as Claims)[name]
    rest = name.length < rest.length ? rest.slice(name.length + 1) : undefined
  }
  return { value, rest }
}

function longestName(object: unknown, path: string): string | undefined {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end)
    if (Object.hasOwn(object, name)) return name
  }
  return undefined
}
