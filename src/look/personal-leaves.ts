import type { EntitySchema } from '#avro/entity-schema.js'
import { looksPersonal } from '#tools/schema/personal-data.js'

/** Whose name or address it is, where a field is called so: of a person, and not of a product. */
const person = new RegExp(
  [
    ...['customer', 'user', 'person', 'people', 'employee', 'member', 'contact', 'patient', 'client', 'guest', 'driver', 'passenger'],
    ...['student', 'buyer', 'seller', 'recipient', 'author', 'owner', 'holder', 'shipping', 'billing', 'delivery'],
  ].join('|'),
)

/**
 * The leaves that say something of a person by their names: where nobody has tagged anything, a starter policy hides them. It hides rather
 * too much, as whoever reads it takes a line away sooner than they miss one.
 */
export function personalLeavesOf({ entityType, name, leaves }: EntitySchema): string[] {
  return leaves.filter((path) => {
    const steps = path.split('.').map(words)
    const around = [words(entityType), words(name)]
    return steps.some((step, depth) => looksPersonal(step) || isOfPerson(step, [...around, ...steps.slice(0, depth)]))
  })
}

function isOfPerson(step: string, around: readonly string[]): boolean {
  return /(^|_)(name|address)$/.test(step) && person.test([...around, step].join(' '))
}

/** `customerName` as `customer_name`. */
function words(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}
