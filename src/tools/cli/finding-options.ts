import { Option, type Command } from 'commander'
import { readInput } from '#config/text-file.js'
import type { Finding } from '../findings/finding.js'
import { findingFormats, findingText, type FindingFormat } from '../findings/finding-text.js'
import type { Checked } from '../findings/junit-text.js'
import { RuleSettings } from '../findings/rule-settings.js'
import { exitCodes } from './exit-codes.js'
import { printable } from '#text/printable.js'
import { ruleIds } from './rule-ids.js'
import type { Terminal } from './terminal.js'

/** The options of all commands that check files. */
export interface FindingOptions {
  readonly format: FindingFormat
  readonly json?: true
  readonly strict?: true
  readonly config?: string
}

export function addFindingOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how to write what is found').choices(findingFormats).default('text'))
    .option('--json', 'the same as --format json')
    .option('--strict', 'let warnings fail, too')
    .option('--config <file>', 'which rules are off or more or less serious, and which findings to ignore')
}

/** Writes what was found. Returns the exit code. @param checked what was looked at, files unless it says more. */
export function report(
  check: string,
  found: readonly Finding[],
  options: FindingOptions,
  terminal: Terminal,
  checked: readonly (Checked | string)[],
): number {
  const { findings, format, exitCode } = judge(found, options)
  const things = checked.map((one) => (typeof one === 'string' ? { name: one, file: one } : one))
  const text = findingText(format, { check, findings, checked: things, strict: options.strict === true })
  terminal.writeOut(format === 'text' ? text.split('\n').map(printable).join('\n') : text)
  return exitCode
}

/** Applies the project's settings to the findings. */
export interface Judgement {
  readonly findings: readonly Finding[]
  readonly format: FindingFormat
  readonly exitCode: number
}

/** @throws ConfigurationError where the settings cannot be used. */
export function judge(found: readonly Finding[], { config, json, format, strict }: FindingOptions): Judgement {
  const settings = config === undefined ? RuleSettings.none : RuleSettings.parse(readInput(config), config, ruleIds)
  const findings = settings.apply(found)
  const fails = findings.some(({ severity }) => severity === 'error' || strict === true)
  return { findings, format: json === true ? 'json' : format, exitCode: fails ? exitCodes.foundSomething : exitCodes.good }
}
