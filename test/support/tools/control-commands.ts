import type { Test } from 'tap'
import { systemClock } from '#clock.js'
import { runCommandLine } from '#tools/cli/command-line.js'
import { claimsCommand } from '#tools/cli/control/claims-command.js'
import { revokeCommand } from '#tools/cli/control/revoke-command.js'
import { policyCommand } from '#tools/cli/policy/policy-command.js'
import { KafkaTopics, uniqueName } from '../kafka/kafka-topics.js'
import { realParts } from '../real-parts/real-parts.js'
import { FakeTerminal } from './fake-terminal.js'

/** Runs a command about control topics. */
export async function runControl(variables: Readonly<Record<string, string>>, ...args: string[]) {
  const terminal = new FakeTerminal()
  const commands = [policyCommand(variables), claimsCommand(variables), revokeCommand(variables)]
  const code = await runCommandLine(args, commands, Object.assign(terminal, { clock: systemClock }))
  return { code, out: terminal.out, err: terminal.err }
}

/** A compacted topic on a real broker, and commands that know it by this variable. */
export async function onControlTopic(t: Test, variable: 'POLICY_TOPIC' | 'CLAIMS_TOPIC' | 'REVOCATIONS_TOPIC') {
  const { brokers } = await realParts()
  const topics = await KafkaTopics.connect(brokers)
  t.teardown(() => topics.close())
  const topic = uniqueName('control')
  await topics.create(topic, 1, { 'cleanup.policy': 'compact' })
  const variables = { KAFKA_BROKERS: brokers.join(','), [variable]: topic }
  const contents = async () => (await topics.contentsOf(topic)).map(({ key, value }) => [key, value === null ? null : value.toString()])
  return { topics, topic, variables, run: (...args: string[]) => runControl(variables, ...args), contents }
}
