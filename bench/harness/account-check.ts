import { isDeepStrictEqual } from 'node:util'
import type { Fed } from '../feed/event-log.js'
import type { ClientPlan } from '../load/client-plan.js'
import type { LoadResult } from '../load/load-process.js'
import type { Sample } from '../load/tally.js'
import { ClientsClosed, TrialFailure } from './trial-failure.js'

/** What was fed, by entity. */
export type FedCounts = Pick<Fed, 'counts' | 'sums'>

export const nothingFed: FedCounts = { counts: new Float64Array(0), sums: new Float64Array(0) }

/** Whether each client that sees an entity is told a version of it once more, as its rights change. */
export type Retold = (entity: number) => boolean

export const nothingRetold: Retold = () => false
export const allRetold: Retold = () => true

type AccountResult = Pick<LoadResult, 'counts' | 'sums' | 'repeats' | 'disordered' | 'foreign'>

/** The data that plain CASL permits that role of that event. */
export type ExpectedData = (role: string, entity: number, sequence: number) => unknown

/** @throws TrialFailure */
export function checkErrors({ errors, closes }: LoadResult): void {
  if (errors.length > 0) throw new TrialFailure(`clients received what they do not expect: ${errors[0]!}`)
  if (closes.size > 0) throw new ClientsClosed(closes)
}

/** @throws TrialFailure where a client has more or less of its entities than what was fed, or in another order. */
export function checkAccount(result: AccountResult, plans: readonly ClientPlan[], fed: FedCounts, isRetold: Retold): void {
  const { counts, sums, repeats, disordered, foreign } = result
  if (disordered > 0) throw new TrialFailure(`${disordered} updates arrived out of order`)
  if (foreign > 0) throw new TrialFailure(`${foreign} updates arrived at clients that had not subscribed to their entity`)
  let slot = 0
  for (const { entities, sees } of plans) {
    for (const entity of entities) {
      const [count, sum] = sees ? [fed.counts[entity] ?? 0, fed.sums[entity] ?? 0] : [0, 0]
      if (counts[slot] !== count || sums[slot] !== sum)
        throw new TrialFailure(`a client has ${counts[slot]} updates of entity ${entity}, and was to have ${count}`)
      const times = sees && isRetold(entity) ? 1 : 0
      if (repeats[slot] !== times)
        throw new TrialFailure(`a client was told ${repeats[slot]} times more of entity ${entity} what it knew, instead of ${times}`)
      slot++
    }
  }
}

/** @throws TrialFailure */
export function checkSample({ role, entity, sequence, text }: Sample, expectedData: ExpectedData): void {
  const { data } = JSON.parse(text) as { data: unknown }
  const expected = expectedData(role, entity, sequence)
  if (!isDeepStrictEqual(data, expected))
    throw new TrialFailure(`a client of role ${role} received ${JSON.stringify(data)}; CASL permits ${JSON.stringify(expected)}`)
}
