import { orderAbility, orderRoles, visiblePart, type OrderRole } from './order-readers.js'
import type { Order } from '../values/streamed-order.js'

// Rights on orders that change by the policy and by the token, said once as a policy and once for plain CASL.

export interface OrderUser {
  readonly sub: string
  readonly role: 'day' | 'night'
}

export interface OrderRights {
  /** Which of the policies is in force. */
  readonly policy: number
  readonly user: OrderUser
}

/** What each role may see in each of the policies, all of which differ; undefined is nothing. */
const policies: readonly Readonly<Record<OrderUser['role'], OrderRole | undefined>>[] = [
  { day: 'support', night: 'picker' },
  { day: 'owner', night: 'support' },
  { day: 'picker', night: undefined },
  { day: undefined, night: 'owner' },
  { day: 'support', night: 'owner' },
]
export const policyCount = policies.length

export const orderUsers: readonly OrderUser[] = ['owner-1', 'owner-2', 'owner-3'].flatMap((sub) => [
  { sub, role: 'day' as const },
  { sub, role: 'night' as const },
])

export function policyText(policy: number, entityType: string): string {
  const known = orderRoles(entityType)
  const roles = Object.entries(policies[policy]!).map(([role, sees]) => [role, sees === undefined ? [] : known[sees]])
  return JSON.stringify({ roles: Object.fromEntries(roles) as unknown })
}

/** Undefined where nothing of the order may be seen, or there is none. */
export function visibleBy({ policy, user }: OrderRights, order: Order | null): unknown {
  const role = policies[policy]![user.role]
  return order === null || role === undefined ? undefined : visiblePart({ ability: orderAbility(role, user.sub) }, order)
}
