#!/usr/bin/env node
// The process of the command line: arguments, terminal, signals, exit code.
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { pause, systemClock } from './clock.js'
import { runCommandLine, type Subcommand } from '#tools/cli/command-line.js'
import { exitCodes } from '#tools/cli/exit-codes.js'
import { lookCommand } from '#look/look-command.js'
import { claimsCommand } from '#tools/cli/control/claims-command.js'
import { revokeCommand } from '#tools/cli/control/revoke-command.js'
import { policyCommand } from '#tools/cli/policy/policy-command.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { typesCommand } from '#tools/cli/schema/types-command.js'
import { tailCommand } from '#tools/cli/tail/tail-command.js'
import { topicsCommand } from '#tools/cli/topics/topics-command.js'

/** A second Ctrl-C within this time is no second press, in milliseconds. */
const onePressMs = 500

/** The second arrival of a Ctrl-C, some milliseconds later, would end a process by the signal that has just taken its listeners away. */
const echoMs = 100

let firstPressAtMs: number | undefined

const schemas = {
  environment: process.env,
  entities: variable('ENTITIES'),
}

/** The version in package.json, which stands beside `dist`. */
const versionOption: Subcommand = (program) => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  program.version((JSON.parse(text) as { version: string }).version, '--version', 'say which version this is')
}

// Git sets these variables for its hooks. With them git would take the named folder for the top of a repository, and not look for its own.
delete process.env['GIT_DIR']
delete process.env['GIT_WORK_TREE']

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, as `head` has, is no fault and does not change the exit code.
  if (error.code === 'EPIPE') return
  process.stderr.write(`The output cannot be written (${error.code ?? 'unknown'}).\n`)
  process.exit(exitCodes.wrongConfiguration)
})

// A failing standard error does not change the exit code either. Without a listener it would end the process with another code.
process.stderr.on('error', () => undefined)

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  [
    versionOption,
    lookCommand(process.env),
    tailCommand(),
    policyCommand(process.env),
    claimsCommand(process.env),
    revokeCommand(process.env),
    schemaCommand(schemas),
    typesCommand(schemas),
    topicsCommand(process.env),
  ],
  {
    clock: systemClock,
    random: Math.random,
    stop: stopSignal,
    // Node's own check of the terminal respects NO_COLOR.
    hasColours: process.stdout.isTTY && process.stdout.hasColors(),
    writeOut: (text) => void process.stdout.write(text),
    writeErr: (text) => void process.stderr.write(text),
  },
)

if (firstPressAtMs !== undefined) {
  const leftMs = firstPressAtMs + echoMs - systemClock.monotonicMs()
  await pause(systemClock, Math.max(0, leftMs))
}

// A gateway in this process (`sluice look`) may have timers left that nobody waits for. What was written is on its way first.
for (const output of [process.stdout, process.stderr]) await new Promise<void>((resolve) => output.write('', () => resolve()))
process.exit()

/** An empty variable counts as not set, as in the gateway. */
function variable(name: string): string | undefined {
  return process.env[name] || undefined
}

/**
 * Ctrl-C on `npx` arrives twice, from the terminal and from npm. A second one that is pressed comes later, and ends the process at once.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  const stopOnce = (signal: NodeJS.Signals): void => {
    firstPressAtMs ??= systemClock.monotonicMs()
    if (systemClock.monotonicMs() - firstPressAtMs > onePressMs) process.exit(128 + constants.signals[signal])
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopOnce)
  process.stdout.on('error', () => stop.abort())
  return stop.signal
}
