import type { Subcommand } from '../command-line.js'
import { addCheck } from './check-command.js'
import { addDiff } from './diff-command.js'
import { addLint } from './lint-command.js'

/** `sluice schema ...`: what schemas say and what a change of them breaks, before they are registered. */
export const schemaCommand: Subcommand = (program, begin) => {
  const schema = program.command('schema').description('check, compare and register the schemas of entities')
  addLint(schema, begin)
  addDiff(schema, begin)
  addCheck(schema, begin)
}
