import { writeFileSync } from 'node:fs'
import { Option } from 'commander'
import { ConfigurationError } from '#errors.js'
import { entitySchemasOf } from '../../policy/entity-schemas.js'
import type { RoleView } from '../../policy/role-view.js'
import { longForms } from '../../schema/typescript-declaration.js'
import type { Presence } from '../../schema/typescript-place.js'
import { typescriptOf, type TypescriptOptions, type TypescriptReader } from '../../schema/typescript-types.js'
import type { EntityFile } from '#schema/files/schema-folder.js'
import type { Subcommand } from '../command-line.js'
import { addEntitiesOption, type EntitiesOption, readLayouts } from '../entities-option.js'
import { exitCodes } from '../exit-codes.js'
import { readTextFile } from '#config/text-file.js'
import { policyOption } from '../policy/judging-options.js'
import { viewsWithRoles } from '../policy/policy-files.js'
import { printable } from '#text/printable.js'
import type { Terminal } from '../terminal.js'

interface TypesOptions extends Pick<TypescriptOptions, 'longs'>, EntitiesOption {
  readonly out?: string
  readonly check?: string
  readonly role?: readonly string[]
  readonly policy: string
}

const examples = `
Examples:
  sluice types --out src/entities.ts
  sluice types --role support --policy policy.json --out src/support/entities.ts
  sluice types --check src/entities.ts        (in CI: fails where the file is not that of the schemas)
`

/** `sluice types`: writes types for clients in TypeScript. @param defaults the values of the environment. */
export function typesCommand(defaults: EntitiesOption = {}): Subcommand {
  return (program, begin) => {
    const command = program
      .command('types')
      .description('write TypeScript types of what clients receive')
      .argument('[folder]', 'the entities, one .avsc each', 'schemas')
      .addOption(
        new Option('--longs <as>', "as the gateway's LONGS, or the client's exact parse, has them").choices(longForms).default('number'),
      )
      .option('--role <name>', 'only what clients with this role may ever see; again for clients with several', andAlso)
      .addOption(policyOption())
      .option('--out <file>', 'where to write them, instead of the output')
      .addOption(new Option('--check <file>', 'only say whether the file is what would be written').conflicts('out'))
    addEntitiesOption(command)
      .addHelpText('after', examples)
      .action((folder: string, options: TypesOptions) => begin((terminal) => writeTypes(folder, { ...defaults, ...options }, terminal)))
  }
}

function andAlso(name: string, before: readonly string[] = []): string[] {
  return [...before, name]
}

function writeTypes(folder: string, { longs, out, check, role, policy, ...named }: TypesOptions, terminal: Terminal): number {
  const { files, definitionOf } = readLayouts(folder, named)
  const text = typescriptOf(files, { longs, definitionOf, ...(role && { reader: readerWith(role, policy, files) }) })
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

function readerWith(roles: readonly string[], policy: string, files: readonly EntityFile[]): TypescriptReader {
  const views = new Map(viewsWithRoles(policy, roles, entitySchemasOf(files)).map((view) => [view.entityType, view]))
  return { roles, leavesOf: (entityType) => presencesOf(views.get(entityType)!) }
}

/** An event of which nothing is seen is not sent, so that a condition on all that is seen leaves nothing out of what is sent. */
function presencesOf({ leaves, isAllOrNothing }: RoleView): Presence[] {
  return leaves.map(({ shown }) => {
    if (shown === 'never') return shown
    return shown === 'always' || isAllOrNothing ? 'always' : 'sometimes'
  })
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}
