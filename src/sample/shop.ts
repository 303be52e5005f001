import type { Clock } from '#clock.js'
import type { Operation } from '#entities.js'
import { basketOf, amountOf, people, type Basket, type Person } from './goods.js'

/** Publishes a change, with the entity as it is after it. */
export type Publish = (entityType: string, operation: Operation, entityId: string, entity: object) => void

/** Slow enough to read along, and fast enough that every order changes every few seconds. */
const changeEveryMs = 250
const ordersCount = 8

/** Every fourth change, so one a second, is of `order-1001`, as the commands printed at the start show that order. */
const shownEvery = 4

const kinds = ['order', 'parcel', 'customer'] as const
const orderStatuses = ['NEW', 'PAID', 'PACKED', 'SHIPPED', 'DELIVERED', 'RETURNED'] as const
const parcelStatuses = ['PACKED', 'ON_THE_ROAD', 'AT_THE_DOOR', 'DELIVERED'] as const
const tiers = ['STANDARD', 'SILVER', 'GOLD'] as const
const dayMs = 86_400_000

/**
 * A shop whose orders, customers and parcels keep changing: created, changed step by step, deleted at their end and created again.
 * The ids are stable: `order-1001` and on, `customer-1` and on, `parcel-501` and on; `order-1001` is of `customer-1`.
 */
export class SampleShop {
  /** How far each entity has come; undefined before it is created. */
  private readonly steps = new Map<string, number>()
  /** The parts of an order that never change. */
  private readonly placed = new Map<string, Basket & { readonly placed_at: Date }>()
  private changes = 0
  private cancel: () => void = () => undefined

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly publish: Publish,
  ) {}

  /** So that there is something to be seen of each id at once: the first step of everything. */
  stock(): void {
    for (const kind of kinds) for (const index of sampleIds[kind]!.keys()) this.step(kind, index)
  }

  open(): void {
    this.cancel = this.clock.after(changeEveryMs, () => {
      this.change()
      this.open()
    })
  }

  close(): void {
    this.cancel()
  }

  private change(): void {
    const shown = this.changes++ % shownEvery === 0
    const index = shown ? 0 : Math.floor(this.random() * ordersCount)
    this.step(shown ? 'order' : kinds[Math.floor(this.random() * kinds.length)]!, index)
  }

  private step(kind: (typeof kinds)[number], index: number): void {
    if (kind === 'order') this.move(kind, `order-${1001 + index}`, orderStatuses.length, (step, id) => this.order(id, index, step))
    else if (kind === 'parcel') this.move(kind, `parcel-${501 + index}`, parcelStatuses.length, (step, id) => this.parcel(id, index, step))
    else this.move(kind, `customer-${1 + (index % people.length)}`, Infinity, (step, id) => this.customer(id, index, step))
  }

  private move(entityType: string, id: string, lastStep: number, stateAt: (step: number, id: string) => object): void {
    const step = this.steps.get(id)
    const next = step === undefined ? 0 : step + 1
    const gone = next >= lastStep
    if (gone) this.steps.delete(id)
    else this.steps.set(id, next)
    const operation = gone ? 'delete' : step === undefined ? 'create' : 'update'
    this.publish(entityType, operation, id, stateAt(gone ? lastStep - 1 : next, id))
  }

  private order(id: string, index: number, step: number): object {
    const person = personOf(index)
    return {
      id,
      // Beyond 2^53, to show that no digit is lost.
      number: 9_007_199_254_740_993n + BigInt(index),
      customer_id: customerIdOf(index),
      region: person.region,
      status: orderStatuses[step],
      deliver_by: step < 1 ? null : new Date(this.clock.now() + 3 * dayMs).toISOString().slice(0, 10),
      ...this.basketAt(id, step),
      shipping_address: addressOf(person),
      labels: { channel: index % 2 === 0 ? 'web' : 'phone' },
    }
  }

  private basketAt(id: string, step: number): Basket {
    const known = step === 0 ? undefined : this.placed.get(id)
    const basket = known ?? { ...basketOf(this.random), placed_at: new Date(this.clock.now()) }
    this.placed.set(id, basket)
    return basket
  }

  private parcel(id: string, index: number, step: number): object {
    const onTheRoad = parcelStatuses[step] === 'ON_THE_ROAD'
    return {
      id,
      tracking_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      order_id: `order-${1001 + index}`,
      customer_id: customerIdOf(index),
      weight_grams: 900 + 150 * index,
      status: parcelStatuses[step],
      position: onTheRoad ? { latitude: 53.5 + this.random(), longitude: 9.9 + this.random(), at: new Date(this.clock.now()) } : null,
      postage: amountOf(495),
    }
  }

  private customer(id: string, index: number, step: number): object {
    const person = personOf(index)
    const { name, email, region } = person
    return {
      id,
      name,
      email,
      phone: index % 2 === 0 ? '+49 40 5550100' : null,
      born_on: null,
      address: addressOf(person),
      region,
      tier: tiers[step % tiers.length],
      lifetime_value: amountOf(10_000 + 250 * step),
      seen_at: new Date(this.clock.now()),
    }
  }
}

/** The ids of all entities that the shop has now and then, by their types. What says most of Sluice comes first. */
export const sampleIds: Readonly<Record<string, readonly string[]>> = {
  order: idsFrom('order', 1001, ordersCount),
  customer: idsFrom('customer', 1, people.length),
  parcel: idsFrom('parcel', 501, ordersCount),
}

function idsFrom(name: string, first: number, count: number): string[] {
  return Array.from({ length: count }, (_none, n) => `${name}-${first + n}`)
}

function customerIdOf(index: number): string {
  return `customer-${1 + (index % people.length)}`
}

function personOf(index: number): Person {
  return people[index % people.length]!
}

function addressOf({ name, street, city, country }: Person): object {
  return { name, street, city, country }
}
