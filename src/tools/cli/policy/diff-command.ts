import { shownText } from '../../policy/role-view.js'
import { changesBetween, type ViewChange } from '../../policy/view-changes.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { type Paint, paintFor } from '../paint.js'
import { printable } from '../printable.js'
import { textTable } from '../text-table.js'
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

const words = { wider: 'more', other: 'other', narrower: 'less' } as const

function changesText(changes: readonly ViewChange[], paint: Paint): string {
  if (changes.length === 0) return 'Every role sees the same.\n'
  const painted = { wider: paint.added, other: paint.changed, narrower: paint.gone }
  return textTable(
    changes.map(({ kind, role, entityType, path, tags, before, after }) => [
      painted[kind](words[kind].padEnd(5)),
      printable(role),
      printable(`${entityType}.${path}${tags.map((tag) => ` (${tag})`).join('')}`),
      printable(`${shownText(before)} -> ${shownText(after)}`),
    ]),
  )
}
