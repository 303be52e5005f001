import type { Command } from 'commander'
import { filesOf, readSchemaFolder } from '../../schema/schema-folder.js'
import { lintSchemas } from '../../schema/schema-lint.js'
import type { Run } from '../command-line.js'
import { addFindingOptions, report, type FindingOptions } from '../finding-options.js'

/** `sluice schema lint`. */
export function addLint(schema: Command, begin: (run: Run) => void): void {
  const command = schema
    .command('lint')
    .description('find what is wrong with schemas or will be regretted: Avro, names, docs, personal data without a tag')
    .argument('[folder]', 'the entities, one .avsc each; types that they share stand in its folder types/', 'schemas')
  addFindingOptions(command)
    .addHelpText('after', '\nExamples:\n  sluice schema lint\n  sluice schema lint ../shop/schemas --strict --format junit\n')
    .action((folder: string, options: FindingOptions) =>
      begin((terminal) => {
        const entities = readSchemaFolder(folder)
        return report('schema lint', lintSchemas(entities), options, terminal, filesOf(entities))
      }),
    )
}
