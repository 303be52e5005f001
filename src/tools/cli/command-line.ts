import { Command, CommanderError } from 'commander'
import { RegistryError } from '#registry/schema-registry.js'
import { ConfigurationError } from '#errors.js'
import { redacted } from '#text/redaction.js'
import { exitCodes } from './exit-codes.js'
import { printable } from '#text/printable.js'
import type { Terminal } from './terminal.js'
import { UnavailableError } from './unavailable-error.js'
import { WrongUseError } from './wrong-use-error.js'

/** The work of a command whose arguments are understood. Answers the exit code. */
export type Run = (terminal: Terminal) => number | Promise<number>

/** Adds a command with its arguments and options, and hands over its work where the command line is one of it. */
export type Subcommand = (program: Command, begin: (run: Run) => void) => void

/** Runs the arguments of `sluice`. Resolves with the exit code. Nothing is done where a part of them is not understood. */
export async function runCommandLine(args: readonly string[], commands: readonly Subcommand[], terminal: Terminal): Promise<number> {
  let chosen: Run | undefined
  const program = new Command('sluice').description('Tools for the Sluice gateway.')
  program.exitOverride().configureOutput(terminal).showHelpAfterError('(--help tells more)')
  for (const add of commands) add(program, (run) => (chosen = run))
  try {
    program.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exitCodes.good : exitCodes.wrongUse
  }
  return chosen === undefined ? exitCodes.wrongUse : await exitCodeOf(chosen, terminal)
}

async function exitCodeOf(run: Run, terminal: Terminal): Promise<number> {
  try {
    return await run(terminal)
  } catch (error) {
    if (error instanceof WrongUseError) {
      terminal.writeErr(`${printable(error.message)} (--help tells more)\n`)
      return exitCodes.wrongUse
    }
    if (error instanceof ConfigurationError) {
      terminal.writeErr(`${printable(error.message)}\n`)
      return exitCodes.wrongConfiguration
    }
    if (error instanceof UnavailableError) {
      terminal.writeErr(`${printable(error.message)}.\n`)
      return exitCodes.unavailable
    }
    if (error instanceof RegistryError) {
      terminal.writeErr(`The schema registry: ${printable(error.message)}.\n`)
      return error.kind === 'refused' ? exitCodes.foundSomething : exitCodes.unavailable
    }
    terminal.writeErr(`A fault in sluice itself: ${redacted(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`)
    return exitCodes.crash
  }
}
