/** Longer than any wait that is not in vain, and shorter than the runner's patience with a file. */
const patienceMs = 30_000

/** Waits until something holds, looking again each millisecond. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + patienceMs
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`waited in vain until ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
