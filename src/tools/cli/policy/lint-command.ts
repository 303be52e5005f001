import type { Command } from 'commander'
import { lintPolicy } from '../../policy/policy-lint.js'
import type { Subcommand } from '../command-line.js'
import { addFindingOptions, report, type FindingOptions } from '../finding-options.js'
import { readInput } from '#config/text-file.js'
import { entitiesOption, schemasIn, schemasOption, type SchemasOption } from './policy-files.js'

interface LintOptions extends FindingOptions, SchemasOption {
  readonly roles?: readonly string[]
}

export function addRolesOption(command: Command): Command {
  return command.option('--roles <names>', 'the roles that tokens carry, with commas between them', (names) =>
    names.split(',').map((name) => name.trim()),
  )
}

export const lintCommand: Subcommand = (policy, begin) => {
  const command = policy
    .command('lint')
    .description('find what a policy says that cannot be meant: unknown fields, roles and tags, rules that a later one cancels')
    .argument('[policy]', 'the policy file', 'policy.json')
    .option(...schemasOption)
    .option(...entitiesOption)
  addRolesOption(addFindingOptions(command))
    .addHelpText('after', '\nExamples:\n  sluice policy lint\n  sluice policy lint policy.json --roles support,sales --format github\n')
    .action((file: string, options: LintOptions) =>
      begin((terminal) => {
        const schemas = schemasIn(options)
        return report('policy lint', lintPolicy({ file, text: readInput(file) }, schemas, options.roles), options, terminal, [file])
      }),
    )
}
