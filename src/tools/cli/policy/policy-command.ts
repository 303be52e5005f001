import type { Subcommand } from '../command-line.js'
import { diffCommand } from './diff-command.js'
import { explainCommand } from './explain-command.js'
import { lintCommand } from './lint-command.js'
import { testCommand } from './test-command.js'
import { whoCanCommand } from './who-can-command.js'

/** `sluice policy ...`: checks a policy before it is live. */
export const policyCommand: Subcommand = (program, begin) => {
  const policy = program.command('policy').description('check what a policy file says')
  for (const add of [lintCommand, testCommand, explainCommand, diffCommand, whoCanCommand]) add(policy, begin)
}
