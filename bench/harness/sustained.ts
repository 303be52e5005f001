import { TrialFailure } from './trial-failure.js'

/** How near the answer comes to the truth, as a share of it. */
const precision = 0.12

/** A try of a rate. Undefined where it is not held; so is one that ends in a TrialFailure: something lost, or a client closed. */
export type Try<M> = (rate: number) => Promise<M | undefined>

/**
 * The highest rate that is held: doubled until one is not, then halved in between.
 * @returns 0 where not even the first is.
 */
export async function heldRate(first: number, most: number, attempt: Try<unknown>): Promise<number> {
  const isHeld = async (rate: number) => (await outcomeOf(attempt, rate)) !== undefined
  let [held, tooMuch] = [0, Math.min(first, most)]
  while (await isHeld(tooMuch)) {
    held = tooMuch
    if (held >= most) return held
    tooMuch = Math.min(2 * held, most)
  }
  while (held > 0 && (tooMuch - held) / held > precision) {
    const middle = Math.round((held + tooMuch) / 2)
    if (await isHeld(middle)) held = middle
    else tooMuch = middle
  }
  return held
}

/** A rate that was held in most rounds, and those in which it was. */
export interface Held<M> {
  readonly rate: number
  readonly measured: readonly M[]
}

/**
 * The first rate, from one downwards, that is held in most of so many rounds: where others share the machine, one try that held says
 * little, and so does one that did not.
 * @param suits asked of each round in which a rate was held; in most of all rounds it must be so, or it goes further down.
 * @returns undefined where there is no such rate, down to the least.
 */
export async function heldInMostRounds<M>(
  rate: number,
  least: number,
  rounds: number,
  attempt: Try<M>,
  suits: (measured: M) => boolean = () => true,
): Promise<Held<M> | undefined> {
  for (; rate >= least; rate = nextBelow(rate)) {
    const measured: M[] = []
    let good = 0
    for (let round = 0; round < rounds && 2 * (round - good) < rounds; round++) {
      const outcome = await outcomeOf(attempt, rate)
      if (outcome === undefined) continue
      measured.push(outcome)
      if (suits(outcome)) good++
    }
    if (2 * good > rounds) return { rate, measured }
  }
  return undefined
}

function nextBelow(rate: number): number {
  return Math.floor(rate * (1 - precision))
}

async function outcomeOf<M>(attempt: Try<M>, rate: number): Promise<M | undefined> {
  try {
    return await attempt(rate)
  } catch (error) {
    if (error instanceof TrialFailure) return undefined
    throw error
  }
}
