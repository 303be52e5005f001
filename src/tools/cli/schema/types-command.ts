import { writeFileSync } from 'node:fs'
import { Option } from 'commander'
import { ConfigurationError } from '#errors.js'
import { typescriptOf, type TypescriptOptions } from '../../schema/typescript-types.js'
import type { Subcommand } from '../command-line.js'
import { addEntitiesOption, type EntitiesOption, readLayouts } from '../entities-option.js'
import { exitCodes } from '../exit-codes.js'
import { readTextFile } from '#config/text-file.js'
import { printable } from '../printable.js'
import type { Terminal } from '../terminal.js'

interface TypesOptions extends Pick<TypescriptOptions, 'longs'>, EntitiesOption {
  readonly out?: string
  readonly check?: string
}

const examples = `
Examples:
  sluice types --out src/entities.ts
  sluice types --check src/entities.ts        (in CI: fails where the file is not that of the schemas)
`

/** `sluice types`: writes types for clients in TypeScript. @param defaults the values of the environment. */
export function typesCommand(defaults: EntitiesOption = {}): Subcommand {
  return (program, begin) => {
    const command = program
      .command('types')
      .description('write TypeScript types of what clients receive')
      .argument('[folder]', 'the entities, one .avsc each', 'schemas')
      .addOption(new Option('--longs <as>', 'as the LONGS of the gateway').choices(['number', 'string']).default('number'))
      .option('--out <file>', 'where to write them, instead of the output')
      .addOption(new Option('--check <file>', 'only say whether the file is what would be written').conflicts('out'))
    addEntitiesOption(command)
      .addHelpText('after', examples)
      .action((folder: string, options: TypesOptions) => begin((terminal) => writeTypes(folder, { ...defaults, ...options }, terminal)))
  }
}

function writeTypes(folder: string, { longs, out, check, ...named }: TypesOptions, terminal: Terminal): number {
  const { files, definitionOf } = readLayouts(folder, named)
  const text = typescriptOf(files, { longs, definitionOf })
  if (check !== undefined) {
    // Git may have written the file with the line ends of another system.
    if (readTextFile(check).replaceAll('\r\n', '\n') === text) return exitCodes.good
    terminal.writeErr(`${printable(check)} is not what the schemas in ${printable(folder)} say; write it anew with sluice types --out.\n`)
    return exitCodes.foundSomething
  }
  if (out === undefined) terminal.writeOut(text)
  else writeText(out, text)
  return exitCodes.good
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}
