import { pause, type Clock } from '#clock.js'

/**
 * Asks one after the other until somebody answers. The next one is asked when the last has failed, or has not answered within `patienceMs`;
 * a late answer counts as well. @throws AggregateError where nobody answers, with the error of each.
 */
export async function firstAnswer<Answer>(asks: readonly (() => Promise<Answer>)[], patienceMs: number, clock: Clock): Promise<Answer> {
  const asked: Promise<Answer>[] = []
  const answered = new AbortController()
  for (const ask of asks) {
    const last = ask().then((answer) => {
      answered.abort()
      return answer
    })
    asked.push(last)
    const waiting = new AbortController()
    await Promise.race([Promise.any(asked), last, pause(clock, patienceMs, waiting.signal)]).catch(() => undefined)
    waiting.abort()
    if (answered.signal.aborted) break
  }
  return Promise.any(asked)
}
