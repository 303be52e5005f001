import { abilityOf, permittedOf } from './policy.js'
import { ownerIdOf } from './order.js'

/** Who sees whose orders are whose, and may ask for them by it. */
export const askingRole = 'support'

/** The filter that an owner's orders pass. */
export function ownedBy(owner: number): Readonly<Record<string, unknown>> {
  return { owner_id: ownerIdOf(owner) }
}

/** The orders of an owner, where so many owners have them in turn. */
export function ordersOf(owner: number, owners: number, entities: number): number[] {
  return Array.from({ length: Math.ceil((entities - owner) / owners) }, (_none, nth) => owner + nth * owners)
}

/** The data that plain CASL permits that role of an order, where so many owners have them in turn. */
export function expectedWithOwners(owners: number): (role: string, entity: number, sequence: number) => unknown {
  return (role, entity, sequence) => permittedOf(abilityOf(role), entity, sequence, { owner_id: ownerIdOf(entity % owners) })
}
