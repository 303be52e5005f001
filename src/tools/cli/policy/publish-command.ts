import type { KafkaRecord } from '#kafka/kafka-record.js'
import { headerOf } from '#kafka/record-headers.js'
import { readInput } from '#config/text-file.js'
import { policyHash, policyKey, replacesHeader } from '#policy/control/policy-record.js'
import { ConfigurationError } from '#errors.js'
import type { RoleView } from '../../policy/role-view.js'
import { lintPolicy, type PolicyText } from '../../policy/policy-lint.js'
import { changesBetween } from '../../policy/view-changes.js'
import { brokerHelp, type Variables } from '../broker-options.js'
import type { Subcommand } from '../command-line.js'
import { addTopicOptions, ControlTopicClient, type ControlTopicOptions } from '../control/control-topic.js'
import { addWaitOption, waitForNodes, type WaitOptions } from '../control/wait-for-nodes.js'
import { exitCodes } from '../exit-codes.js'
import { addFindingOptions, judge, report, type FindingOptions } from '../finding-options.js'
import { paintFor } from '../paint.js'
import { printable } from '#text/printable.js'
import type { Terminal } from '../terminal.js'
import { outputOf, runCases } from './case-report.js'
import { changesText } from './change-text.js'
import { rolesClaimOption } from './judging-options.js'
import { addRolesOption } from './lint-command.js'
import { entitiesOption, schemasIn, schemasOption, type SchemasOption, viewsOfText } from './policy-files.js'

interface PublishOptions extends FindingOptions, SchemasOption, ControlTopicOptions, WaitOptions {
  readonly roles?: readonly string[]
  readonly cases?: string
  readonly rolesClaim: readonly string[]
}

const examples = `
Examples:
  sluice policy publish policy.json --brokers kafka:9092 --topic sluice.policy
  sluice policy publish policy.json --cases cases.yaml --wait http://10.0.0.1:9090 http://10.0.0.2:9090
${brokerHelp}`

export function publishCommand(values: Variables): Subcommand {
  return (policy, begin) => {
    const command = policy
      .command('publish')
      .description('check a policy, say what it changes for whom, and put it in force at all nodes')
      .argument('[policy]', 'the policy file', 'policy.json')
      .option(...schemasOption)
      .option(...entitiesOption)
      .option('--cases <file>', 'cases that must hold, as for `sluice policy test`')
      .addOption(rolesClaimOption())
    addWaitOption(addTopicOptions(addRolesOption(addFindingOptions(command)), 'POLICY_TOPIC'))
      .addHelpText('after', examples)
      .action((file: string, options: PublishOptions) =>
        begin(async (terminal) => {
          const topic = ControlTopicClient.of(options, 'POLICY_TOPIC', values, terminal)
          const policyText = { file, text: readInput(file) }
          if (!isGood(policyText, options, terminal)) return exitCodes.foundSomething
          return await publish(policyText, topic, options, terminal)
        }),
      )
  }
}

/** Says what is wrong with it. */
function isGood(policy: PolicyText, options: PublishOptions, terminal: Terminal): boolean {
  const found = lintPolicy(policy, schemasIn(options), options.roles)
  if (judge(found, options).exitCode !== exitCodes.good) {
    report('policy lint', found, options, terminal, [policy.file])
    return false
  }
  if (options.cases === undefined) return true
  const asked = { ...options, policy: policy.file }
  const run = runCases(options.cases, asked)
  const isHeld = run.judgement.exitCode === exitCodes.good
  if (!isHeld) terminal.writeOut(outputOf(run, options.cases, asked, paintFor(terminal)))
  return isHeld
}

async function publish(policy: PolicyText, topic: ControlTopicClient, options: PublishOptions, terminal: Terminal): Promise<number> {
  const before = await topic.latestOf(policyKey)
  const textBefore = before?.value?.toString()
  const hash = policyHash(policy.text)
  if (textBefore === policy.text) {
    terminal.writeOut('The topic has this policy already.\n')
    return await waitForNodes(options, { topic: topic.name, offset: before!.offset, hash }, terminal)
  }
  terminal.writeOut(whatChanges(textBefore, policy, options, terminal))
  const replaces = hashOf(before)
  const offset = await topic.write({ key: policyKey, value: Buffer.from(policy.text), headers: { [replacesHeader]: replaces } })
  const other = await overtakenBy(topic, before?.offset ?? -1, offset)
  if (other !== undefined) {
    terminal.writeErr(`${other} Pull it (sluice policy pull), and publish what is to hold.\n`)
    return exitCodes.foundSomething
  }
  terminal.writeOut(`The policy is written (${hash.slice(0, 12)}).\n`)
  return await waitForNodes(options, { topic: topic.name, offset, hash }, terminal)
}

/** A policy on the topic that cannot be used must not keep anybody from mending it: no node that starts is ready by it. */
function whatChanges(before: string | undefined, policy: PolicyText, options: PublishOptions, terminal: Terminal): string {
  const schemas = schemasIn(options)
  const [none, after] = [viewsOfText({ file: '', text: '{"roles":{}}' }, schemas), viewsOfText(policy, schemas)]
  const text = (views: readonly RoleView[]) => changesText(changesBetween(views, after), paintFor(terminal))
  if (before === undefined) return text(none)
  try {
    return text(viewsOfText({ file: 'The policy on the topic', text: before }, schemas))
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return `${printable(error.message)} Nodes that run go by an older one, nodes that start by none. Against none:\n${text(none)}`
  }
}

function hashOf(record: KafkaRecord | undefined): string {
  return record?.value == null ? '' : policyHash(record.value.toString())
}

/**
 * Whether somebody else has written meanwhile. Before our record: it replaces what its writer has not seen. Behind it: it holds.
 * @param beforeOffset of the policy that was to be replaced; -1 where there was none.
 */
async function overtakenBy(topic: ControlTopicClient, beforeOffset: number, ownOffset: number): Promise<string | undefined> {
  let said: string | undefined
  let last: KafkaRecord | undefined
  await topic.read((record) => {
    if (record.key?.toString() !== policyKey) return
    last = record
    if (record.offset > beforeOffset && record.offset < ownOffset) said = 'Another policy came between, which this one has replaced.'
  })
  if (last !== undefined && last.offset > ownOffset) {
    const replaced = headerOf(last, replacesHeader)
    return `Another policy was written behind this one${replaced === undefined ? '' : ` (it replaces ${replaced.slice(0, 12) || 'none'})`}.`
  }
  return said
}
