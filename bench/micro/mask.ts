import { createMongoAbility, subject, type MongoAbility } from '@casl/ability'
import { permittedFieldsOf } from '@casl/ability/extra'
import { parsePolicy } from '#policy/role-policy.js'
import type { Audience, Claims, Mask } from '#policy/rights.js'
import { EntityAudiences, type Routable } from '#gateway/route/entity-audiences.js'
import { SentTimes } from '#gateway/route/sent-times.js'
import { ownerIdOf } from '../workload/order.js'
import { caseOf, wayOf, type MicroCase, type MicroQuestion } from './micro-case.js'
import { changeEvents, decodePlainly, orderSchema, sampleCount, values } from './sample-events.js'

export const mask: MicroQuestion = {
  name: 'mask',
  question: 'What does it cost to know which fields of an order a subscriber may see?',
  cases: () => [ofOne('no conditions', [open]), ofOne('one condition', [open, ofRegion]), ofOwners(1000)],
}

interface Rule {
  readonly fields: readonly string[]
  readonly conditions?: Readonly<Record<string, string>>
}

const open: Rule = { fields: ['seq', 'id', 'status', 'region', 'placed_at', 'items.sku', 'items.quantity', 'address.city', 'gift'] }
const ofRegion: Rule = { fields: ['total', 'owner_id'], conditions: { region: 'eu' } }

/** Plainly the order is decoded already; ours reads what the conditions ask about. */
function ofOne(name: string, rules: readonly Rule[]): MicroCase {
  const audience = audienceOf(rules)
  const ability = abilityOf(rules)
  const orders = plainOrders()
  const sluice = wayOf(sampleCount, (input) => audience.maskOf(changeEvents[input]!), {
    weigh: (known: Mask | undefined) => known?.leaves.size ?? 0,
    shown: (known) => [...(known?.leaves ?? [])].map((leaf) => orderSchema.leaves[leaf]!).sort(),
  })
  const plain = wayOf(sampleCount, (input) => permittedTo(ability, orders[input]!), {
    weigh: (fields) => fields.length,
    shown: (fields) => [...fields].sort(),
  })
  return { name, inputs: sampleCount, operations: 1, sluice, plain }
}

/** All have subscribed to an order that one of them owns. The answer: who sees some of it. An operation is a subscriber. */
function ofOwners(count: number): MicroCase {
  const owners = Array.from({ length: count }, (_none, nth) => ownerIdOf(nth))
  const reading = { weigh: (seeing: readonly string[]) => seeing.length }
  const named = { name: `own rows, of ${count} subscribers`, inputs: sampleCount, operations: count }
  return caseOf(named, judgedTogether(owners), judgedEach(owners), reading)
}

function throwFault(_at: string, _entityType: string, error: unknown): never {
  throw error
}

function judgedTogether(owners: readonly string[]): (input: number) => string[] {
  const audiences = new EntityAudiences<Owner>('order', throwFault)
  const policy = policyOf([{ ...open, conditions: { owner_id: '${user.sub}' } }])
  for (const sub of owners) audiences.add(new Owner(sub, audienceIn(policy, { sub })))
  return (input) => {
    const seeing: string[] = []
    for (const alike of audiences.alikeFor(changeEvents[input]!)) {
      let mask: Mask | undefined
      for (const members of alike) {
        mask ??= members.audience.maskOf(changeEvents[input]!)
        if (mask === undefined) break
        for (const { sub } of members) seeing.push(sub)
      }
    }
    return seeing
  }
}

function judgedEach(owners: readonly string[]): (input: number) => string[] {
  const abilities = owners.map((sub) => [sub, abilityOf([{ ...open, conditions: { owner_id: sub } }])] as const)
  const orders = plainOrders()
  return (input) => {
    const seeing: string[] = []
    for (const [sub, ability] of abilities) if (permittedTo(ability, orders[input]!).length > 0) seeing.push(sub)
    return seeing
  }
}

class Owner implements Routable {
  readonly entityId = 'any'
  readonly entityType = 'order'
  readonly sentTimes = new SentTimes()

  constructor(
    readonly sub: string,
    private readonly audience: Audience,
  ) {}

  get owner(): string {
    return this.sub
  }

  audienceOf(): Audience {
    return this.audience
  }
}

type PlainOrder = Readonly<Record<string, unknown>>

function plainOrders(): PlainOrder[] {
  return values.map((value) => subject('order', { ...decodePlainly(value).data }))
}

function permittedTo(ability: MongoAbility, order: PlainOrder): string[] {
  return permittedFieldsOf(ability, 'read', order, { fieldsFrom: (rule) => rule.fields ?? [] })
}

function abilityOf(rules: readonly Rule[]): MongoAbility {
  return createMongoAbility(rules.map(({ fields, conditions }) => ruleOf({ fields: [...fields], ...(conditions && { conditions }) })))
}

function ruleOf<R extends object>(rule: R) {
  return { action: 'read', subject: 'order', ...rule }
}

function policyOf(rules: readonly Rule[]) {
  return parsePolicy(JSON.stringify({ roles: { reader: rules.map(ruleOf) } }))
}

function audienceOf(rules: readonly Rule[]): Audience {
  return audienceIn(policyOf(rules), {})
}

function audienceIn(policy: ReturnType<typeof policyOf>, claims: Claims): Audience {
  return policy.rightsOf(['reader'], claims).audienceOf('order')!
}
