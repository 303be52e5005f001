import { explanationLines } from '../../policy/outcome-text.js'
import { type LeafExplanation, PolicyReading, type RuleOutcome, type User } from '../../policy/policy-reading.js'
import { type Change, tellingOf } from '../../policy/telling.js'
import type { EntityEncoder } from '../../policy/entity-encoder.js'
import { rolesOf } from '#policy/roles.js'
import { isJsonObject } from '#text/json-object.js'
import { parseExactJson, parseJson } from '#text/json-text.js'
import type { Operation } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { readInput } from '#config/text-file.js'
import { type Paint, paintFor } from '../paint.js'
import { printable } from '../printable.js'
import { textTable } from '../text-table.js'
import { WrongUseError } from '../wrong-use-error.js'
import { encodersOf, type JudgingOptions, policyOption, rolesClaimOption } from './judging-options.js'
import { entitiesOption, noteUnlessStreamable, schemasOption } from './policy-files.js'

interface ExplainOptions extends JudgingOptions {
  readonly user: string
  readonly event?: string
  readonly before?: string
  readonly entity: string
  readonly json?: true
}

export const explainCommand: Subcommand = (policy, begin) => {
  policy
    .command('explain')
    .description('say for each field of an event whether a user is shown it, by which rule, and what its condition compared')
    .requiredOption('--user <file>', "the token's claims, as JSON")
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
        '  sluice policy explain --user claims.json --event event.json --entity order --policy next.json --json\n',
    )
    .action((options: ExplainOptions) =>
      begin((terminal) => {
        if (options.event === undefined && options.before === undefined) throw new WrongUseError('Neither --event nor --before is given.')
        const encoder = encodersOf(options)(options.entity)
        const change = explainChange(options, encoder)
        noteUnlessStreamable(encoder.schema, terminal)
        terminal.writeOut(options.json === true ? changeJson(change, options) : changeText(change, paintFor(terminal)))
        return exitCodes.good
      }),
    )
}

function explainChange(options: ExplainOptions, encoder: EntityEncoder): Change {
  const reading = new PolicyReading({ file: options.policy, text: readInput(options.policy) })
  const user = readUser(options)
  const explained = (file: string, name: string) => reading.explain(user, encoder.encode(readJson(file), name))
  return {
    before: options.before === undefined ? undefined : explained(options.before, 'before'),
    after: options.event === undefined ? undefined : explained(options.event, 'event'),
  }
}

function readJson(file: string): unknown {
  return parseExactJson(readInput(file), (why) => new ConfigurationError(`${file} ${why}.`))
}

/** Reads a user's claims by JSON's own parser, which reads the gateway's tokens too. */
function readUser({ user, rolesClaim }: ExplainOptions): User {
  const claims = parseJson(readInput(user), (why) => new ConfigurationError(`${user} ${why}.`))
  if (!isJsonObject(claims)) throw new ConfigurationError(`${user} must hold an object: the claims of a token.`)
  return { roles: rolesOf(claims, rolesClaim), claims }
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
