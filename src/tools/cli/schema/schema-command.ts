import type { Subcommand } from '../command-line.js'
import type { EntitiesOption } from '../entities-option.js'
import type { RegistryOptions } from '../registry-options.js'
import { addCheck } from './check-command.js'
import { addDiff } from './diff-command.js'
import { addLint } from './lint-command.js'
import { addPull } from './pull-command.js'
import { addRegister } from './register-command.js'

/** `sluice schema ...`: checks schemas and their changes before they are registered. @param defaults the values of the environment. */
export function schemaCommand(defaults: RegistryOptions & EntitiesOption = {}): Subcommand {
  return (program, begin) => {
    const schema = program.command('schema').description('check, compare and register the schemas of entities')
    addLint(schema, begin, defaults)
    addDiff(schema, begin)
    addCheck(schema, begin, defaults)
    addRegister(schema, begin, defaults)
    addPull(schema, begin, defaults)
  }
}
