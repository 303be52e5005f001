import { Ability, createMongoAbility, type MongoAbility } from '@casl/ability'
import { permittedOf } from './policy.js'

// Rights by claims: what makes audiences. All orders of the workload are of region `eu`, and each has an owner of its own.

/** Members see the base, and the total of orders of their region. */
export const memberPolicy = JSON.stringify({
  roles: {
    member: [
      { action: 'read', subject: 'order', fields: ['seq', 'id', 'status', 'region', 'placed_at', 'items', 'address', 'gift'] },
      { action: 'read', subject: 'order', fields: ['total', 'owner_id'], conditions: { region: '${user.region}' } },
    ],
  },
})

/** Owners see their own orders. */
export const ownerPolicy = JSON.stringify({
  roles: { owner: [{ action: 'read', subject: 'order', fields: ['**'], conditions: { owner_id: '${user.sub}' } }] },
})

const base = ['seq', 'id', 'status', 'region', 'placed_at', 'items.sku', 'items.quantity', 'address.city', 'gift']
const all = [...base, 'total', 'owner_id', 'margin', 'email']

/** What CASL makes of the rules for a member of a region, as one writes it. */
export function memberAbilityOf(region: string): MongoAbility {
  return createMongoAbility(rulesOf(region))
}

/** What plain CASL permits a member of region `label`, or an owner whose own order it is. */
export function expectedForMember(label: string, entity: number, sequence: number): unknown {
  const owner = [{ action: 'read', subject: 'order', fields: all }]
  return permittedOf(abilityOf(label === 'owner' ? owner : rulesOf(label)), entity, sequence)
}

function rulesOf(region: string) {
  return [
    { action: 'read', subject: 'order', fields: base },
    { action: 'read', subject: 'order', fields: ['total', 'owner_id'], conditions: { region } },
  ]
}

function abilityOf(rules: readonly object[]): Ability {
  return new Ability(rules as never, {
    conditionsMatcher: (conditions) => (order) => order['region' as never] === (conditions as { region: string }).region,
    fieldMatcher: (fields) => (field) => (fields as readonly string[]).includes(field),
  })
}
