import type { Command } from 'commander'
import { type EntityDiff, diffFiles, diffSchemas } from '../../schema/compare/schema-diff.js'
import { isSchemaFile, readSchemas } from '#schema/files/schema-folder.js'
import type { Run } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { paintFor } from '../paint.js'
import { diffJson, diffText } from './diff-text.js'

/** `sluice schema diff`. */
export function addDiff(schema: Command, begin: (run: Run) => void): void {
  schema
    .command('diff')
    .description('say what differs between two sets of schemas, by what it means; leaves with 1 where they differ')
    .argument('<before>', 'a folder of schemas, or a single .avsc')
    .argument('<after>', 'the same, later')
    .option('--json', 'for machines')
    .addHelpText(
      'after',
      '\nExamples:\n  sluice schema diff ../live/schemas schemas\n  sluice schema diff old/order.avsc schemas/order.avsc --json\n',
    )
    .action((before: string, after: string, options: { readonly json?: true }) =>
      begin((terminal) => {
        const diffs = diffOf(before, after)
        terminal.writeOut(options.json === true ? diffJson(diffs) : diffText(diffs, paintFor(terminal)))
        return diffs.length > 0 ? exitCodes.foundSomething : exitCodes.good
      }),
    )
}

function diffOf(before: string, after: string): EntityDiff[] {
  const [old, now] = [readSchemas(before), readSchemas(after)]
  return isSchemaFile(before) && isSchemaFile(after) ? diffFiles(old[0]!, now[0]!) : diffSchemas(old, now)
}
