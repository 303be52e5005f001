import type { Command } from 'commander'
import { entitySchemasOf } from '../../audit/entity-schemas.js'
import { lintPolicy } from '../../audit/policy-lint.js'
import type { Run, Subcommand } from '../command-line.js'
import { addFindingOptions, readText, report, type FindingOptions } from '../finding-options.js'
import { readSchemaFolder } from '../../schema/schema-folder.js'

interface LintOptions extends FindingOptions {
  readonly schemas: string
  readonly roles?: readonly string[]
}

/** `sluice policy ...`: what a policy says, before it is live. */
export const policyCommand: Subcommand = (program, begin) => {
  const policy = program.command('policy').description('check what a policy file says')
  addLint(policy, begin)
}

function addLint(policy: Command, begin: (run: Run) => void): void {
  const command = policy
    .command('lint')
    .description('find what a policy says that cannot be meant: unknown fields, roles and tags, rules that a later one cancels')
    .argument('<policy>', 'the policy file')
    .option('--schemas <folder>', 'the entities it is about, one .avsc each', 'schemas')
    .option('--roles <names>', 'the roles that tokens carry, with commas between them', (names) => names.split(','))
  addFindingOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  sluice policy lint policy.json\n  sluice policy lint policy.json --roles support,sales --format github\n',
    )
    .action((file: string, options: LintOptions) =>
      begin((terminal) => {
        const schemas = entitySchemasOf(readSchemaFolder(options.schemas))
        return report('policy lint', lintPolicy({ file, text: readText(file) }, schemas, options.roles), options, terminal)
      }),
    )
}
