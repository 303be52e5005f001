import { changesBetween, type ViewChange } from '../../policy/view-changes.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { paintFor } from '../paint.js'
import { changesText } from './change-text.js'
import { entitiesOption, schemasIn, schemasOption, type SchemasOption, viewsOf } from './policy-files.js'

interface DiffOptions extends SchemasOption {
  readonly json?: true
}

export const diffCommand: Subcommand = (policy, begin) => {
  policy
    .command('diff')
    .description('say what each role would see that it does not see now, and the reverse; leaves with 1 where anything changes')
    .argument('<old>', 'the policy file as it is')
    .argument('<new>', 'the policy file as it is to be')
    .option(...schemasOption)
    .option(...entitiesOption)
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  git show main:policy.json > old.json; sluice policy diff old.json policy.json\n')
    .action((before: string, after: string, options: DiffOptions) =>
      begin((terminal) => {
        const schemas = schemasIn(options)
        const changes = changesBetween(viewsOf(before, schemas), viewsOf(after, schemas))
        terminal.writeOut(options.json ? changesJson(changes) : changesText(changes, paintFor(terminal)))
        return changes.length === 0 ? exitCodes.good : exitCodes.foundSomething
      }),
    )
}

function changesJson(changes: readonly ViewChange[]): string {
  const named = changes.map(({ kind, role, entityType, ...rest }) => ({ kind, role, entity_type: entityType, ...rest }))
  return `${JSON.stringify(named, undefined, 2)}\n`
}
