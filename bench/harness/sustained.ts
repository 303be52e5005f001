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

/**
 * The first rate, from one downwards, that is held in most of so many rounds: where others share the machine, one try that held says
 * little, and so does one that did not.
 * @returns the rounds in which it was held; undefined where no rate is, down to the least.
 */
export async function heldInMostRounds<M>(
  rate: number,
  least: number,
  rounds: number,
  attempt: Try<M>,
): Promise<{ readonly rate: number; readonly measured: readonly M[] } | undefined> {
  for (; rate >= least; rate = Math.round(rate * (1 - precision))) {
    const measured: M[] = []
    for (let round = 0; round < rounds && 2 * (round - measured.length) < rounds; round++) {
      const outcome = await outcomeOf(attempt, rate)
      if (outcome !== undefined) measured.push(outcome)
    }
    if (2 * measured.length > rounds) return { rate, measured }
  }
  return undefined
}

async function outcomeOf<M>(attempt: Try<M>, rate: number): Promise<M | undefined> {
  try {
    return await attempt(rate)
  } catch (error) {
    if (error instanceof TrialFailure) return undefined
    throw error
  }
}
