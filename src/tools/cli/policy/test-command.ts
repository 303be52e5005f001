import { InvalidArgumentError } from 'commander'
import type { Subcommand } from '../command-line.js'
import { addFindingOptions } from '../finding-options.js'
import { paintFor } from '../paint.js'
import { outputOf, runCases, type CaseOptions } from './case-report.js'
import { policyOption, rolesClaimOption } from './judging-options.js'
import { entitiesOption, noteUnlessStreamable, schemasOption } from './policy-files.js'

export const testCommand: Subcommand = (policy, begin) => {
  const command = policy
    .command('test')
    .description('run cases that say what a user is to be shown of an event')
    .argument('<cases>', 'the cases, in YAML')
    .addOption(policyOption())
    .option(...schemasOption)
    .option(...entitiesOption)
    .addOption(rolesClaimOption())
    .option('--coverage-min <percent>', 'fail where fewer of the rules decide something in some case', percentOf)
  addFindingOptions(command)
    .addHelpText(
      'after',
      `${caseHelp}\nExamples:\n  sluice policy test cases.yaml\n  sluice policy test cases.yaml --policy next.json --coverage-min 90\n`,
    )
    .action((file: string, options: CaseOptions) =>
      begin((terminal) => {
        const run = runCases(file, options)
        for (const schema of run.schemas) noteUnlessStreamable(schema, terminal)
        terminal.writeOut(outputOf(run, file, options, paintFor(terminal)))
        return run.judgement.exitCode
      }),
    )
}

const caseHelp = `
A case:
  - name: support does not see who lives there
    user: { sub: amy, roles: [support] }      # the claims of the token
    entity: customer
    event: { ... }                            # as a client with all rights sees it; none where it is deleted
    before: { ... }                           # the entity before the event, if it matters
    expect: [id, tier]                        # the fields that are shown; or the data that is sent,
                                              # or create, update, delete, nothing
`

function percentOf(text: string): number {
  const percent = /^\d{1,3}$/.test(text) ? Number(text) : NaN
  if (percent <= 100) return percent
  throw new InvalidArgumentError('It must be a whole number from 0 to 100.')
}
