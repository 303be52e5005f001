/** What a run of the bench leaves behind, as JSON. */
export interface BenchReport {
  readonly format: 1
  /** ISO 8601. */
  readonly startedAt: string
  /** As typed. */
  readonly command: string
  readonly machine: Machine
  /** Of a run that failed, those before the failure. */
  readonly scenarios: readonly ScenarioResult[]
  /** Absent where all scenarios ran to their end. */
  readonly failure?: Failure
}

/** What ended a run before its time. */
export interface Failure {
  readonly scenario: string
  /** One sentence. */
  readonly reason: string
}

/** What a figure depends on beside the code. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly node: string
  readonly os: string
  /** Version, and the commit where there is one, with `dirty` where files differ from it. */
  readonly sluice: string
  /** Versions of those that do the work: the server, the Kafka client, the contenders. */
  readonly packages: Readonly<Record<string, string>>
  /** CPUs that the run may use, as Linux lists them: `0-1`. */
  readonly affinity: string
  /** Share of the run's CPU time that the host gave to others, from 0 to 1. */
  readonly stealShare: number
}

export interface ScenarioResult {
  readonly scenario: string
  /** One sentence. */
  readonly question: string
  readonly knobs: Readonly<Record<string, string | number | boolean>>
  readonly rows: readonly ResultRow[]
  readonly series?: readonly Series[]
  readonly notes?: readonly string[]
  readonly goals?: readonly Goal[]
}

/** One point measured for one contender. */
export interface ResultRow {
  readonly contender: string
  /** The coordinates, such as `{ framesPerWrite: 10 }`, `{ audiences: 100 }` or `{ rate: 20000 }`. */
  readonly at: Readonly<Record<string, string | number>>
  /** By name, in camel case: `deliveriesPerCpuSecond`, `latencyP99Ms`. */
  readonly figures: Readonly<Record<string, Figure>>
}

/** Values of all rounds, in the order measured; people are shown the median with minimum and maximum. */
export interface Figure {
  readonly unit: string
  readonly better: 'higher' | 'lower' | 'neither'
  readonly rounds: readonly number[]
}

/** Something over time, such as the soak's memory. */
export interface Series {
  readonly name: string
  readonly unit: string
  readonly contender: string
  /** x in seconds. */
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** What the speed table asks. */
export interface Goal {
  readonly text: string
  readonly figure: number
  readonly bound: number
  readonly sense: 'at least' | 'at most'
  readonly unit: string
  readonly met: boolean
}
