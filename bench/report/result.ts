export interface BenchReport {
  readonly format: 1
  readonly startedAt: string /* ISO */
  readonly command: string /* as typed */
  readonly machine: Machine
  readonly scenarios: readonly ScenarioResult[]
}
/** What a figure depends on beside the code. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly node: string
  readonly os: string
  readonly sluice: string /* version + git commit if any, dirty flag */
  readonly packages: Record<string, string> /* uWebSockets.js, kafkajs, rxjs, avsc, @casl/ability, ws, socket.io */
  readonly affinity: string /* CPUs allowed */
  readonly stealShare: number /* of the run, 0..1, from /proc/stat before and after */
}
export interface ScenarioResult {
  readonly scenario: string
  readonly question: string /* one sentence */
  readonly knobs: Readonly<Record<string, string | number | boolean>>
  readonly rows: readonly ResultRow[]
  readonly series?: readonly Series[]
  readonly notes?: readonly string[]
  readonly goals?: readonly Goal[]
}
/** One point measured for one contender. `at` are the coordinates, such as { framesPerWrite: 10 } or { audiences: 100 } or { rate: 20000 }. */
export interface ResultRow {
  readonly contender: string
  readonly at: Readonly<Record<string, string | number>>
  readonly figures: Readonly<Record<string, Figure>>
}
/** Values of all rounds, in the order measured; people are shown the median with minimum and maximum. */
export interface Figure {
  readonly unit: string
  readonly better: 'higher' | 'lower' | 'neither'
  readonly rounds: readonly number[]
}
/** Over time, such as the soak's memory. x in seconds. */
export interface Series {
  readonly name: string
  readonly unit: string
  readonly contender: string
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
