import { RegistryError } from './schema-registry.js'

// Contexts of a registry: one id, and one subject, is something else in each. A subject of another than the default one is named with it,
// `:.prod:order-value`; a registry that has no such subject in the context that it was asked for may answer with one of another.

/** The name of the default context; the others have theirs after the dot. */
const defaultContext = '.'

/** Which context a subject names; undefined where it names none, and is of the one that is asked. */
export function contextNamedBy(subject: string): string | undefined {
  return /^:(\.[^:]*):/.exec(subject)?.[1]
}

/** The one that the address of a registry asks for: `https://registry/contexts/.prod`. */
export function contextOfUrl(url: string): string {
  const named = /\/contexts\/([^/?#]+)/.exec(url)?.[1]
  if (named === undefined) return defaultContext
  const name = decoded(named).replaceAll(':', '')
  return name.startsWith('.') ? name : `.${name}`
}

/** @throws RegistryError `not_found` where the answer names a subject of another context: what it says is not what was asked for. */
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
