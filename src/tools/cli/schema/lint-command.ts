import type { Command } from 'commander'
import { filesOf, unusedTypesIn } from '#schema/files/schema-folder.js'
import { lintSchemas, lintUnusable, lintUnusedTypes } from '../../schema/schema-lint.js'
import type { Run } from '../command-line.js'
import { addEntitiesOption, type EntitiesOption, readUsableLayouts } from '../entities-option.js'
import { addFindingOptions, report, type FindingOptions } from '../finding-options.js'

interface LintOptions extends FindingOptions, EntitiesOption {}

/** `sluice schema lint`. */
export function addLint(schema: Command, begin: (run: Run) => void, defaults: EntitiesOption): void {
  const command = schema
    .command('lint')
    .description('find what is wrong with schemas or will be regretted: Avro, names, docs, personal data without a tag')
    .argument('[folder]', 'the entities, one .avsc each; types that they share stand in its folder types/', 'schemas')
  addFindingOptions(addEntitiesOption(command))
    .addHelpText('after', '\nExamples:\n  sluice schema lint\n  sluice schema lint ../shop/schemas --strict --format junit\n')
    .action((folder: string, options: LintOptions) =>
      begin((terminal) => {
        const { files, definitionOf, unusable } = readUsableLayouts(folder, { ...defaults, ...options })
        // The references of a file that cannot be read are unknown.
        const unused = unusable.length > 0 ? [] : unusedTypesIn(folder, files)
        const findings = [...lintUnusable(unusable), ...lintSchemas(files, definitionOf), ...lintUnusedTypes(unused)]
        const checked = [...filesOf(files), ...[...unusable, ...unused].map(({ file }) => file)]
        return report('schema lint', findings, options, terminal, checked)
      }),
    )
}
