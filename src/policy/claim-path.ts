import type { Claims } from './rights.js'

/**
 * What stands in a token at a path, whose steps are joined by dots; undefined where the path leads to nothing. Names may have dots too: at
 * each level the longest one that fits is taken, and it is never gone back, so that nobody who writes into a token turns a path elsewhere.
 */
export function claimAt(claims: Claims, path: string): unknown {
  let value: unknown = claims
  for (let rest: string | undefined = path; rest !== undefined;) {
    const name: string | undefined = longestName(value, rest)
    if (name === undefined) return undefined
    value = (value as Claims)[name]
    rest = name.length < rest.length ? rest.slice(name.length + 1) : undefined
  }
  return value
}

/** What stands there as a list: a text of scopes is one (RFC 8693, section 4.2), and a value alone is a list of one. */
export function claimListAt(claims: Claims, path: string): readonly unknown[] | undefined {
  const value = claimAt(claims, path)
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value as readonly unknown[]
  return typeof value === 'string' && scopes.test(path) ? value.split(' ').filter((scope) => scope !== '') : [value]
}

/** `scp` is what some issuers call it. */
const scopes = /(?:^|\.)(?:scope|scp)$/

function longestName(object: unknown, path: string): string | undefined {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end)
    if (Object.hasOwn(object, name)) return name
  }
  return undefined
}
