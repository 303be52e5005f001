import type { BenchReport, Figure, Machine, ResultRow, ScenarioResult } from '../../../bench/report/result.js'

const machine: Machine = {
  ...{ cpu: 'Example 9000', cores: 2, memoryBytes: 8e9, node: '20.20.2', os: 'Linux 6.1', sluice: '0.1.0 abc1234' },
  ...{ packages: { kafkajs: '2.2.4', rxjs: '7.8.2' }, affinity: '0-1', stealShare: 0.001 },
}

export function figure(unit: string, better: Figure['better'], ...rounds: readonly number[]): Figure {
  return { unit, better, rounds }
}

export function row(contender: string, at: ResultRow['at'], figures: ResultRow['figures']): ResultRow {
  return { contender, at, figures }
}

export function scenario(name: string, rows: readonly ResultRow[], more: Partial<ScenarioResult> = {}): ScenarioResult {
  return { scenario: name, question: `What does ${name} cost?`, knobs: { clients: 1000, rounds: 5 }, rows, ...more }
}

export function report(scenarios: readonly ScenarioResult[], more: Partial<Machine> = {}): BenchReport {
  const command = 'npm run bench -- fan-out'
  return { format: 1, startedAt: '2026-01-02T03:04:05.000Z', command, machine: { ...machine, ...more }, scenarios }
}
