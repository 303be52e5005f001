import { variables } from './variables.js'

/** Shorter names are close to too many others: `HOME` is no misspelt `HOST`. */
const lengthMin = 8

/**
 * A sentence for each variable that is surely a misspelt one of ours: it has one letter too many, too few, wrong or swapped, while the
 * right variable is not set; and for each that is surely meant for us and not known. It is never an error, as other programs own variables
 * with our prefixes (`KAFKA_OPTS`).
 */
export function misspeltVariables(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  const unset = Object.keys(variables).filter((name) => name.length >= lengthMin && !values[name])
  const strangers = Object.keys(values).filter((name) => !Object.hasOwn(variables, name))
  const warnings = strangers.flatMap((stranger) => {
    const meant = unset.find((name) => isOneSlipAway(stranger, name))
    if (meant !== undefined) return [`${stranger} is set and means nothing here; is ${meant} meant?`]
    return values[stranger] && ours.test(stranger) && !ofKubernetes.test(stranger) ? [`${stranger} is set and means nothing here.`] : []
  })
  return Object.freeze(warnings)
}

/** Whoever sets one of these means us, and may believe that it protects something. */
const ours = /^SCHEMA_REGISTRY_/

/** What Kubernetes sets for each of its services, one of which may be called `schema-registry`. */
const ofKubernetes = /_(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

function isOneSlipAway(written: string, meant: string): boolean {
  if (Math.abs(written.length - meant.length) > 1) return false
  const start = firstDifference(written, meant)
  const [a, b] = [written.slice(start), meant.slice(start)]
  const isSwapped = a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2)
  return isSwapped || a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1)
}

function firstDifference(one: string, other: string): number {
  let index = 0
  while (index < one.length && one[index] === other[index]) index++
  return index
}
