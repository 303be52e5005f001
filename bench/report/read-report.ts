import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import type { BenchReport } from './result.js'

/** Why a file could not be compared, in a sentence for people. `exitCode` is after BSD's sysexits.h. */
export class UnreadableReport extends Error {
  constructor(
    message: string,
    readonly exitCode: 65 | 66,
  ) {
    super(message)
  }
}

const figure = v.object({ unit: v.string(), better: v.picklist(['higher', 'lower', 'neither']), rounds: v.array(v.number()) })
const row = v.object({
  contender: v.string(),
  at: v.record(v.string(), v.union([v.string(), v.number()])),
  figures: v.record(v.string(), figure),
})
const series = v.object({
  name: v.string(),
  unit: v.string(),
  contender: v.string(),
  points: v.array(v.tuple([v.number(), v.number()])),
})
const goal = v.object({
  ...{ text: v.string(), figure: v.number(), bound: v.number(), unit: v.string(), met: v.boolean() },
  sense: v.picklist(['at least', 'at most']),
})
const scenario = v.object({
  scenario: v.string(),
  question: v.string(),
  knobs: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  rows: v.array(row),
  series: v.exactOptional(v.array(series)),
  notes: v.exactOptional(v.array(v.string())),
  goals: v.exactOptional(v.array(goal)),
})
const machine = v.object({
  ...{ cpu: v.string(), cores: v.number(), memoryBytes: v.number(), node: v.string(), os: v.string(), sluice: v.string() },
  ...{ packages: v.record(v.string(), v.string()), affinity: v.string(), stealShare: v.number() },
})
const report = v.object({
  ...{ format: v.literal(1), startedAt: v.string(), command: v.string() },
  ...{ machine, scenarios: v.array(scenario), failure: v.exactOptional(v.object({ scenario: v.string(), reason: v.string() })) },
})

/** @throws UnreadableReport where the file cannot be read (66), or is no report of this format (65). */
export function readReport(path: string): BenchReport {
  const checked = v.safeParse(report, parse(path))
  if (checked.success) return checked.output
  const [issue] = checked.issues
  const place = v.getDotPath(issue) ?? 'the whole'
  throw new UnreadableReport(`${path} is not a report of this bench: ${place}: ${issue.message}`, 65)
}

function parse(path: string): unknown {
  const text = textOf(path)
  try {
    return JSON.parse(text)
  } catch {
    throw new UnreadableReport(`${path} is not JSON.`, 65)
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UnreadableReport(`${path} cannot be read: ${(error as Error).message}`, 66)
  }
}
