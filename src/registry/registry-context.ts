import { RegistryError } from './schema-registry.js'

// A registry has contexts, and the same id or subject means another schema in each. A subject outside the default context is written with
// its context's name, `:.prod:order-value`. A registry without a subject in the requested context may answer with that of another context.

/** The name of the default context. The other contexts have their names behind the dot. */
const defaultContext = '.'

/** The context that a subject names; undefined where it names none, and so belongs to the requested one. */
export function contextNamedBy(subject: string): string | undefined {
  return /^:(\.[^:]*):/.exec(subject)?.[1]
}

/** The context that a registry's address names: `https://registry/contexts/.prod`. */
export function contextOfUrl(url: string): string {
  const named = /\/contexts\/([^/?#]+)/.exec(url)?.[1]
  if (named === undefined) return defaultContext
  const name = decoded(named).replaceAll(':', '')
  return name.startsWith('.') ? name : `.${name}`
}

/** @throws RegistryError `not_found` where the answer is about a subject of another context than the requested one. */
export function refuseOtherContext(subject: string | null | undefined, context: string): void {
  const named = contextNamedBy(subject ?? '') ?? context
  if (named === context) return
  throw new RegistryError('not_found', `the registry knows it in the context ${named} alone, and was asked for ${context}`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
