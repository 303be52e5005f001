/** Cents as the text of a decimal. */
export function amountOf(cents: number): string {
  return (cents / 100).toFixed(2)
}

interface Item {
  readonly sku: string
  readonly quantity: number
  readonly unit_price: string
  readonly cost_price: string
}

const articles = [
  { sku: 'KETTLE-1', price: 3990, cost: 1720 },
  { sku: 'LAMP-7', price: 5450, cost: 2210 },
  { sku: 'CHAIR-3', price: 12900, cost: 6480 },
  { sku: 'RUG-2', price: 8900, cost: 3350 },
] as const

export interface Basket {
  readonly items: readonly Item[]
  readonly total: string
  readonly margin: string
}

/** Picks one to three articles and adds up their prices. */
export function basketOf(random: () => number): Basket {
  const picked = Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
    article: articles[Math.floor(random() * articles.length)]!,
    quantity: 1 + Math.floor(random() * 3),
  }))
  const sum = (valueOf: (article: (typeof articles)[number]) => number) =>
    picked.reduce((cents, { article, quantity }) => cents + quantity * valueOf(article), 0)
  const total = sum(({ price }) => price)
  return {
    items: picked.map(({ article: { sku, price, cost }, quantity }) => ({
      sku,
      quantity,
      unit_price: amountOf(price),
      cost_price: amountOf(cost),
    })),
    total: amountOf(total),
    margin: amountOf(total - sum(({ cost }) => cost)),
  }
}

export const people = [
  { name: 'Ada Winter', street: 'Hafenstrasse 12', city: 'Hamburg', country: 'DE', region: 'eu', email: 'ada@example.org' },
  { name: 'Ben Okafor', street: '4 Mill Lane', city: 'Leeds', country: 'GB', region: 'eu', email: 'ben@example.org' },
  { name: 'Chloe Martin', street: '8 rue des Lilas', city: 'Lyon', country: 'FR', region: 'eu', email: 'chloe@example.org' },
  { name: 'Dana Whitfield', street: '77 Elm Street', city: 'Portland', country: 'US', region: 'us', email: 'dana@example.org' },
] as const
export type Person = (typeof people)[number]
