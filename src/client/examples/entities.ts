// Written by `sluice types` from the schemas of the entities. Change those, not this.
// For clients with no other roles than "customer", "warehouse": what these never show is not here.
// A member may be missing where conditions may hide it, and where it has a default or an alias, as there may be records older than it.

/** The `data` of an update by its `entity_type`. */
export interface Entities {
  readonly customer: Customer
  readonly order: Order
  readonly parcel: Parcel
}

/** Somebody who buys. */
export interface Customer {
  /** Stable for as long as the account exists: customer-1. */
  readonly id: string
  /** As on letters. */
  readonly name: string
  /** Where invoices go. */
  readonly email: string
  /** If one was given. */
  readonly phone?: null | string
  /** If it was given. */
  readonly born_on?: null | string
  /** Where letters go, if it was given. */
  readonly address?: null | Address
  /** Who looks after this customer: eu or us. */
  readonly region: string
  /** How good a customer. */
  readonly tier: CustomerTier
  /** The last visit. */
  readonly seen_at: string
}

/** Where letters and parcels go. */
export interface Address {
  /** Whose door it is. */
  readonly name: string
  /** Street and number. */
  readonly street: string
  /** The town. */
  readonly city: string
  /** ISO 3166, two letters. */
  readonly country: string
}

export type CustomerTier = 'STANDARD' | 'SILVER' | 'GOLD'

/** What a customer has bought. */
export interface Order {
  /** Stable for the life of the order: order-1001. */
  readonly id: string
  /** The number on the invoice; more digits than a double holds. */
  readonly number?: number
  /** The id of a customer. */
  readonly customer_id?: string
  /** Where it was sold: eu or us. */
  readonly region?: string
  /** How far it has come. */
  readonly status: OrderStatus
  /** When it was placed. */
  readonly placed_at?: string
  /** The promised day, if one was promised. */
  readonly deliver_by?: null | string
  /** What the customer pays, taxes included. */
  readonly total?: string
  /** Where it goes. */
  readonly shipping_address?: Address2
  /** What was bought. */
  readonly items: readonly OrderItem[]
  /** Whatever a sales channel adds. */
  readonly labels?: Readonly<Record<string, string>>
}

export type OrderStatus = 'NEW' | 'PAID' | 'PACKED' | 'SHIPPED' | 'DELIVERED' | 'RETURNED'

/** Where letters and parcels go. */
export interface Address2 {
  /** Whose door it is. */
  readonly name?: string
  /** Street and number. */
  readonly street?: string
  /** The town. */
  readonly city?: string
  /** ISO 3166, two letters. */
  readonly country?: string
}

export interface OrderItem {
  /** The article. */
  readonly sku: string
  /** How many. */
  readonly quantity: number
  /** What one costs the customer. */
  readonly unit_price?: string
}

/** A box on its way. */
export interface Parcel {
  /** Stable for the life of the parcel: parcel-501. */
  readonly id: string
  /** The carrier's own number. */
  readonly tracking_id: string
  /** The id of the order in it. */
  readonly order_id: string
  /** The id of the customer it goes to. */
  readonly customer_id?: string
  /** With the box. */
  readonly weight_grams: number
  /** Where it is on its way. */
  readonly status: ParcelStatus
  /** Where the van is, while it is on the road. */
  readonly position?: null | Position
}

export type ParcelStatus = 'PACKED' | 'ON_THE_ROAD' | 'AT_THE_DOOR' | 'DELIVERED' | 'LOST'

export interface Position {
  /** Degrees north. */
  readonly latitude?: number | null
  /** Degrees east. */
  readonly longitude?: number | null
  /** When it was there. */
  readonly at?: string
}
