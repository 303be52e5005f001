import { TrialFailure } from './trial-failure.js'

/** How near the answer comes to the truth, as a share of it. */
const precision = 0.12

/**
 * The highest rate that is held: doubled until one is not, then halved in between.
 * @param holds whether that rate is held; a TrialFailure (something lost, or a client closed) says that it is not.
 * @returns 0 where not even the first is.
 */
export async function heldRate(first: number, most: number, holds: (rate: number) => Promise<boolean>): Promise<number> {
  const isHeld = async (rate: number) => {
    try {
      return await holds(rate)
    } catch (error) {
      if (error instanceof TrialFailure) return false
      throw error
    }
  }
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
