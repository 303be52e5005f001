import type { Variables } from '../broker-options.js'
import type { Subcommand } from '../command-line.js'
import { diffCommand } from './diff-command.js'
import { explainCommand } from './explain-command.js'
import { lintCommand } from './lint-command.js'
import { publishCommand } from './publish-command.js'
import { pullCommand } from './pull-command.js'
import { testCommand } from './test-command.js'
import { whoCanCommand } from './who-can-command.js'

/** `sluice policy ...`: checks a policy before it is live, and puts it in force. @param values the variables of the process. */
export function policyCommand(values: Variables = {}): Subcommand {
  return (program, begin) => {
    const policy = program.command('policy').description('check what a policy file says, and put it in force')
    const checks = [lintCommand, testCommand, explainCommand(values), diffCommand, whoCanCommand(values)]
    for (const add of [...checks, publishCommand(values), pullCommand(values)]) add(policy, begin)
  }
}
