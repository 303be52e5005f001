import { InvalidArgumentError, Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { Lab } from './harness/lab.js'
import { openFilesMax } from './harness/process-usage.js'
import { fanOut } from './scenarios/fan-out.js'
import { knobDefaults, knobTexts, type Knobs } from './scenarios/knobs.js'
import type { Scenario } from './scenarios/scenario.js'

const scenarios: readonly Scenario[] = [fanOut]

const command = new Command('bench').argument('[scenario...]')
for (const [knob, text] of Object.entries(knobTexts)) command.option(`--${kebab(knob)} <number>`, text, parseNumber)
command.option('--quick').option('--memory').option('--out <file>').option('--profiles <folder>').option('--only <contender>').parse()

const { quick, memory, out, profiles, only, ...given } = command.opts<
  { quick?: true; memory?: true; out?: string; profiles?: string; only?: string } & Partial<Knobs>
>()
const named = command.args
const chosen = scenarios.filter(({ name, headline }) => (named.length === 0 ? headline : named.includes(name)))

const lab = await Lab.open(memory ?? false, profiles)
const results = []
process.stderr.write(`open files at most: ${openFilesMax()}\n`)
try {
  for (const scenario of chosen) {
    const knobs: Knobs = { ...knobDefaults, ...scenario.defaults, ...(quick && scenario.quick), ...given }
    const progress = (text: string) => void process.stderr.write(`${scenario.name}: ${text}\n`)
    results.push(await scenario.run({ lab, knobs, progress, only }))
  }
} finally {
  await lab.close()
}
if (out) writeFileSync(out, JSON.stringify(results, undefined, 2))
process.exit(0)

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function parseNumber(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}
