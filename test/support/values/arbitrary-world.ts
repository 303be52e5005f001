import { fc } from '../running/seeded-properties.js'
import { entityType, entityValue } from './arbitrary-entity.js'
import { policyOf, userOf, usersOfOneRole, type RawPolicy, type User, type Vocabulary } from './arbitrary-policy.js'
import { avroSchemaOf, leavesOf, literalsAt, toText, type ModelValue, type RecordType } from './entity-model.js'

/**
 * Two schemas of one entity type, as after a change of its schema, with events of both in any order; and the users that have
 * subscribed to the entity, of whom some are away during some events.
 */
export interface World {
  readonly events: readonly { readonly type: RecordType; readonly value: ModelValue; readonly away: readonly number[] }[]
  readonly policy: RawPolicy
  readonly users: readonly User[]
  /** Whether a connector writes the events, which has a text for what is not known. */
  readonly isConnected: boolean
}

const away = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.uniqueArray(fc.nat(19), { maxLength: 15 }) })

function usersOf(vocabulary: Vocabulary): fc.Arbitrary<User[]> {
  const few = fc.array(userOf(vocabulary), { minLength: 1, maxLength: 4 })
  return fc.oneof({ weight: 2, arbitrary: few }, { weight: 1, arbitrary: usersOfOneRole(vocabulary) })
}

export const world: fc.Arbitrary<World> = fc
  .array(entityType, { minLength: 1, maxLength: 2 })
  .chain((types) =>
    fc.array(
      fc.constantFrom(...types).chain((type) => fc.record({ type: fc.constant(type), value: entityValue(type), away })),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .chain((events) => {
    const vocabulary = events.flatMap(({ type, value }) => literalsAt(type, value))
    return fc.record({ events: fc.constant(events), policy: policyOf(vocabulary), users: usersOf(vocabulary), isConnected: fc.boolean() })
  })
  .map((made) => ({ ...made, [fc.toStringMethod]: () => described(made) }))

/** A failure is reported as a person would write it down. */
function described({ events, policy, users, isConnected }: World): string {
  const shown = events.map(({ type, value, away: absent }) => ({
    schema: avroSchemaOf(type, 'Thing'),
    away: absent,
    data: toText(type, value, [...leavesOf(type).keys()]),
  }))
  return JSON.stringify({ events: shown, policy, users, isConnected }).slice(0, 20_000)
}
