import { stringify } from 'yaml'
import { ConfigurationError } from '#errors.js'
import type { EntityEncoder } from './entity-encoder.js'

/** What a user is shown of an entity now, to be pinned. */
export interface ShownCase {
  readonly name: string
  /** The claims of the token. */
  readonly user: Readonly<Record<string, unknown>>
  /** The whole entity as a client with all rights would see it. */
  readonly event: unknown
  /** The paths of the leaves that are shown; none where nothing is. */
  readonly shown: readonly string[]
}

/** Claims that say when a token counts, and nothing of who has it. */
const timely = new Set(['iat', 'exp', 'nbf', 'jti'])

/** An item of the list that `parseCases` reads, in YAML. @throws ConfigurationError where the event does not fit the schema. */
export function writtenCase({ name, user, event, shown }: ShownCase, encoder: EntityEncoder): string {
  const { leaves, entityType } = encoder.schema
  const unknown = shown.find((path) => !leaves.includes(path))
  if (unknown !== undefined) throw new ConfigurationError(`There is no field ${unknown} of ${entityType}.`)
  encoder.encode(event, 'event')
  const claims = Object.fromEntries(Object.entries(user).filter(([claim]) => !timely.has(claim)))
  const expect = shown.length === 0 ? 'nothing' : leaves.filter((path) => shown.includes(path))
  return stringify([{ name, user: claims, entity: entityType, event, expect }], { lineWidth: 0 })
}
