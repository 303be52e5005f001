import type { Subcommand } from '../command-line.js'
import type { RegistryOptions } from '../registry-options.js'
import { addCheck } from './check-command.js'
import { addDiff } from './diff-command.js'
import { addLint } from './lint-command.js'
import { addRegister } from './register-command.js'

/** `sluice schema ...`: what schemas say and what a change of them breaks, before they are registered. @param registry what the environment says of it. */
export function schemaCommand(registry: RegistryOptions = {}): Subcommand {
  return (program, begin) => {
    const schema = program.command('schema').description('check, compare and register the schemas of entities')
    addLint(schema, begin)
    addDiff(schema, begin)
    addCheck(schema, begin, registry)
    addRegister(schema, begin, registry)
  }
}
