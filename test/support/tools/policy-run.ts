import { runCommandLine } from '#tools/cli/command-line.js'
import { policyCommand } from '#tools/cli/policy/policy-command.js'
import { FakeTerminal } from './fake-terminal.js'

/** Runs `sluice policy` with these arguments. */
export async function runPolicy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['policy', ...args], [policyCommand()], terminal)
  return { code, out: terminal.out, err: terminal.err }
}
