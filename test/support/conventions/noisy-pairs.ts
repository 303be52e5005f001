import type { RoundsPair } from '../../../bench/report/noise.js'

/** Noise by figure: its relative size in most rounds, and the share of rounds that something else disturbs badly. */
const noise: Readonly<Record<string, { readonly size: number; readonly outliers: number }>> = {
  deliveriesPerCpuSecond: { size: 0.03, outliers: 0 },
  cpuCores: { size: 0.03, outliers: 0 },
  framesPerWrite: { size: 0.01, outliers: 0 },
  rssBytes: { size: 0.02, outliers: 0 },
  latencyP50Ms: { size: 0.06, outliers: 0.02 },
  latencyP90Ms: { size: 0.1, outliers: 0.05 },
  latencyP99Ms: { size: 0.2, outliers: 0.1 },
  latencyMaxMs: { size: 0.5, outliers: 0.1 },
}

export interface NoisyReports {
  readonly rows: number
  readonly rounds: number
  /** Relative, for each figure by itself: harder than a drift of the whole machine. */
  readonly driftBetweenRuns: number
  readonly random: () => number
}

/** Two runs of the same code. Rows are noisier or calmer than others, and a bad round is bad for all figures of its row. The first figure is as calm as said. */
export function noisyPairs({ rows, rounds, driftBetweenRuns, random }: NoisyReports): RoundsPair[] {
  return Array.from({ length: rows }, (_none, row) => {
    const rowNoise = row === 0 ? 1 : Math.exp(0.4 * gauss(random))
    const badness = Array.from({ length: 2 * rounds }, () => gauss(random))
    return Object.entries(noise).map(([name, { size, outliers }]) => {
      const all = badness.map((bad) => {
        const disturbance = random() < outliers ? 1.5 * random() : 0
        return 100 * Math.exp(size * rowNoise * (0.5 * bad + 0.87 * gauss(random)) + disturbance)
      })
      const drift = Math.exp(driftBetweenRuns * Math.SQRT2 * gauss(random))
      return { name, before: all.slice(0, rounds), after: all.slice(rounds).map((value) => value * drift) }
    })
  }).flat()
}

/** Box and Muller. */
function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
