import { explanationLines } from '../../policy/outcome-text.js'
import { type LeafExplanation, PolicyReading, type RuleOutcome, type User } from '../../policy/policy-reading.js'
import { type Change, tellingOf } from '../../policy/telling.js'
import type { EntityEncoder } from '../../policy/entity-encoder.js'
import { policyKey } from '#policy/control/policy-record.js'
import { parseExactJson } from '#text/json-text.js'
import type { Operation } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { readInput } from '#config/text-file.js'
import { type Paint, paintFor } from '../paint.js'
import { printable } from '#text/printable.js'
import { textTable } from '../text-table.js'
import { WrongUseError } from '../wrong-use-error.js'
import type { Command } from 'commander'
import type { PolicyText } from '../../policy/policy-lint.js'
import { addBrokerOption, brokerHelp, type Variables } from '../broker-options.js'
import { ControlTopicClient } from '../control/control-topic.js'
import type { Terminal } from '../terminal.js'
import { askedUser, type UserOptions } from './asked-user.js'
import { encodersOf, type JudgingOptions, policyOption, rolesClaimOption } from './judging-options.js'
import { entitiesOption, noteUnlessStreamable, schemasOption } from './policy-files.js'

interface ExplainOptions extends JudgingOptions, UserOptions {
  readonly policyTopic?: string
  readonly event?: string
  readonly before?: string
  readonly entity: string
  readonly json?: true
}

export function explainCommand(values: Variables): Subcommand {
  return (policy, begin) => {
    addBrokerOption(policy.command('explain'))
      .description('say for each field of an event whether a user is shown it, by which rule, and what its condition compared')
      .option('--user <file>', "the token's claims, as JSON")
      .option('--as <sub>', "the user instead, by the claims' topic and a token or roles")
      .option('--token <jwt>', 'with --as: a token of the user, which need not be good any more')
      .option('--role <names...>', 'with --as: roles of the user, besides those of the topic')
      .option('--claims-topic <name>', 'with --as: the topic, instead of CLAIMS_TOPIC')
      .option('--policy-topic <name>', 'with --as: the topic that has the policy, instead of POLICY_TOPIC; none where --policy is given')
      .option('--event <file>', 'the data of the event, as JSON that a client with all rights would see')
      .option('--before <file>', 'the data of the entity before the event, or before it is deleted where there is no --event')
      .requiredOption('--entity <type>', 'the entity type of the event')
      .addOption(policyOption())
      .option(...schemasOption)
      .option(...entitiesOption)
      .addOption(rolesClaimOption())
      .option('--json', 'write JSON')
      .addHelpText(
        'after',
        '\nExamples:\n  sluice policy explain --user claims.json --event event.json --entity order\n' +
          '  sluice policy explain --user claims.json --event event.json --before before.json --entity order\n' +
          '  sluice policy explain --user claims.json --event event.json --entity order --policy next.json --json\n' +
          `  sluice policy explain --as ann --role support --event event.json --entity order --brokers kafka:9092\n${brokerHelp}`,
      )
      .action((options: ExplainOptions, command: Command) =>
        begin(async (terminal) => {
          if (options.event === undefined && options.before === undefined) throw new WrongUseError('Neither --event nor --before is given.')
          const encoder = encodersOf(options)(options.entity)
          const user = await askedUser(options, values, terminal)
          const isFile = options.as === undefined || command.getOptionValueSource('policy') !== 'default'
          const policyText = isFile ? fileText(options.policy) : await topicText(options, values, terminal)
          const change = explainChange(options, new PolicyReading(policyText), user, encoder)
          noteUnlessStreamable(encoder.schema, terminal)
          terminal.writeOut(options.json === true ? changeJson(change, options) : changeText(change, paintFor(terminal)))
          return exitCodes.good
        }),
      )
  }
}

function fileText(file: string): PolicyText {
  return { file, text: readInput(file) }
}

/** The policy that its topic has; the file's where no topic is named. */
async function topicText(options: ExplainOptions, values: Variables, terminal: Terminal): Promise<PolicyText> {
  const topic = options.policyTopic ?? (values['POLICY_TOPIC'] || undefined)
  if (topic === undefined) return fileText(options.policy)
  const record = await ControlTopicClient.of({ ...options, topic }, 'POLICY_TOPIC', values, terminal).latestOf(policyKey)
  if (record === undefined) throw new ConfigurationError(`The topic ${topic} has no policy.`)
  return { file: topic, text: record.value!.toString() }
}

function explainChange(options: ExplainOptions, reading: PolicyReading, user: User, encoder: EntityEncoder): Change {
  const explained = (file: string, name: string) => reading.explain(user, encoder.encode(readJson(file), name))
  return {
    before: options.before === undefined ? undefined : explained(options.before, 'before'),
    after: options.event === undefined ? undefined : explained(options.event, 'event'),
  }
}

function readJson(file: string): unknown {
  return parseExactJson(readInput(file), (why) => new ConfigurationError(`${file} ${why}.`))
}

/** Of an event alone nobody knows what it is to the user: its data is all that can be said. */
function changeText({ before, after }: Change, paint: Paint): string {
  const now = after === undefined ? '' : leavesText(after.leaves, paint)
  if (before === undefined) return `${now}\n${sentText(after?.sent)}`
  const event = after === undefined ? 'The event deletes the entity.\n' : `The event:\n${now}`
  const telling = tellingOf({ before, after })
  const sent = telling === 'nothing' ? sentText(undefined) : sentText(after?.sent ?? '{}', telling)
  return `Before the event:\n${leavesText(before.leaves, paint)}\n${event}\n${sent}`
}

function sentText(data: string | undefined, operation?: Operation): string {
  if (data === undefined) return 'Nothing is sent.\n'
  const article = operation === 'update' ? 'an' : 'a'
  return `Sent is ${operation === undefined ? '' : `${article} ${operation} `}${printable(data)}\n`
}

function leavesText(leaves: readonly LeafExplanation[], paint: Paint): string {
  const rows = leaves.flatMap((leaf) => {
    const [first, ...rest] = explanationLines(leaf).map(printable)
    return [[leaf.shown ? 'shown' : 'hidden', leaf.path, first!], ...rest.map((line) => ['', '', line])]
  })
  return textTable(rows)
    .replace(/^shown/gm, paint.added('shown'))
    .replace(/^hidden/gm, paint.gone('hidden'))
}

/** The sent data is a text within the JSON, as other readers of JSON may round its longs. */
function changeJson({ before, after }: Change, { entity }: ExplainOptions): string {
  const head = { check: 'policy explain', entity_type: entity }
  const change = before && { fields_before: before.leaves.map(leafJson), operation: tellingOf({ before, after }) }
  return `${JSON.stringify({ ...head, fields: (after?.leaves ?? []).map(leafJson), sent: after?.sent ?? null, ...change }, undefined, 2)}\n`
}

function leafJson({ path, shown, by, passed }: LeafExplanation): object {
  return { path, shown, by: by === undefined ? null : outcome(by), passed: passed.map(outcome) }
}

function outcome({ rule, line, shows, outcome: its, condition, claims, values }: RuleOutcome): object {
  return { rule, line, shows, outcome: its, ...(condition !== undefined && { condition, token: claims, event: values }) }
}
