import { TrialFailure } from './trial-failure.js'

/** How near the answer comes to the truth, as a share of it. */
const precision = 0.12

/** Of the time for which a rate must be held, what a try of the search lasts: the rounds that follow have the whole of it. */
const searchShare = 0.2

/** Feeds at a rate. Undefined where it is not held; so is one that ends in a TrialFailure: something lost, or a client closed. */
export type Attempt<M> = (rate: number, seconds: number) => Promise<M | undefined>

/** What a rate is, and what is asked of it. */
export interface Sustaining<M> {
  /** Events a second to begin with; nothing below is tried. */
  readonly least: number
  readonly most: number
  /** For how long it must be held. */
  readonly seconds: number
  readonly rounds: number
  /** Asked of what was measured while a rate was held: in most rounds it must be so. */
  readonly suits: (measured: M) => boolean
}

/** A rate that was held in most rounds, and what was measured in those in which it was. */
export interface Held<M> {
  readonly rate: number
  readonly measured: readonly M[]
}

/**
 * The highest rate that is held, and suits, in most rounds: searched for in short tries, then held against the rounds, in which it may turn
 * out to be too high. Undefined where not even the least is held.
 */
export async function sustainedRate<M>(sustaining: Sustaining<M>, attempt: Attempt<M>): Promise<Held<M> | undefined> {
  const { least, most, seconds, suits } = sustaining
  const inShort = async (rate: number) => {
    const measured = await outcomeOf(attempt, rate, seconds * searchShare)
    return measured !== undefined && suits(measured)
  }
  // Where others share the machine one try that fails says little, and would end the search for good.
  const found = await highestRate(Math.min(least, most), most, async (rate) => (await inShort(rate)) || (await inShort(rate)))
  // A step below, as what is held in a short try seldom is for the whole time: of three searches none was.
  return found === undefined ? undefined : await heldInMostRounds(nextBelow(found, least) ?? found, sustaining, attempt)
}

/** Doubled until one is not held, then halved in between. Undefined where not even the first is. */
async function highestRate(first: number, most: number, isHeld: (rate: number) => Promise<boolean>): Promise<number | undefined> {
  let held: number | undefined
  let tooMuch = first
  while (await isHeld(tooMuch)) {
    held = tooMuch
    if (held >= most) return held
    tooMuch = Math.min(2 * held, most)
  }
  while (held !== undefined && (tooMuch - held) / held > precision) {
    const middle = Math.round((held + tooMuch) / 2)
    if (await isHeld(middle)) held = middle
    else tooMuch = middle
  }
  return held
}

/**
 * The first rate, from one downwards, that is held in most rounds and suits in most of them: one try that held says little, and so does
 * one that did not. A rate of which that cannot be any more, or whose first two rounds were both bad, is left at once.
 */
async function heldInMostRounds<M>(
  first: number,
  { least, seconds, rounds, suits }: Sustaining<M>,
  attempt: Attempt<M>,
): Promise<Held<M> | undefined> {
  for (let rate: number | undefined = first; rate !== undefined; rate = nextBelow(rate, least)) {
    const measured: M[] = []
    let [good, bad] = [0, 0]
    while (good + bad < rounds && 2 * bad < rounds && (good > 0 || bad < 2)) {
      const outcome = await outcomeOf(attempt, rate, seconds)
      if (outcome !== undefined) measured.push(outcome)
      if (outcome !== undefined && suits(outcome)) good++
      else bad++
    }
    if (2 * good > rounds) return { rate, measured }
  }
  return undefined
}

/** The least is the last one that is tried. */
function nextBelow(rate: number, least: number): number | undefined {
  return rate <= least ? undefined : Math.max(least, Math.floor(rate * (1 - precision)))
}

async function outcomeOf<M>(attempt: Attempt<M>, rate: number, seconds: number): Promise<M | undefined> {
  try {
    return await attempt(rate, seconds)
  } catch (error) {
    if (error instanceof TrialFailure) return undefined
    throw error
  }
}
