import { parseExactJson } from '#text/exact-json.js'
import { explanationLines } from '../../policy/outcome-text.js'
import { type EventExplanation, type LeafExplanation, PolicyReading, type RuleOutcome, type User } from '../../policy/policy-reading.js'
import { rolesOf } from '#policy/roles.js'
import { isJsonObject } from '#text/json-object.js'
import { parseJson } from '#text/json-text.js'
import type { EntityData } from '#avro/entity-data.js'
import { ConfigurationError } from '#errors.js'
import type { Subcommand } from '../command-line.js'
import { exitCodes } from '../exit-codes.js'
import { readInput } from '#config/text-file.js'
import { type Paint, paintFor } from '../paint.js'
import { printable } from '../printable.js'
import { textTable } from '../text-table.js'
import { encodersOf, type JudgingOptions, policyOption, rolesClaimOption } from './judging-options.js'
import { noteUnlessStreamable, schemasOption } from './policy-files.js'

interface ExplainOptions extends JudgingOptions {
  readonly user: string
  readonly event: string
  readonly entity: string
  readonly json?: true
}

export const explainCommand: Subcommand = (policy, begin) => {
  policy
    .command('explain')
    .description('say for each field of an event whether a user is shown it, by which rule, and what its condition compared')
    .requiredOption('--user <file>', "the token's claims, as JSON")
    .requiredOption('--event <file>', 'the data of the event, as JSON that a client with all rights would see')
    .requiredOption('--entity <type>', 'the entity type of the event')
    .addOption(policyOption())
    .option(...schemasOption)
    .addOption(rolesClaimOption())
    .option('--json', 'write JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  sluice policy explain --user claims.json --event event.json --entity order\n' +
        '  sluice policy explain --user claims.json --event event.json --entity order --policy next.json --json\n',
    )
    .action((options: ExplainOptions) =>
      begin((terminal) => {
        const data = readEvent(options)
        const explanation = new PolicyReading({ file: options.policy, text: readInput(options.policy) }).explain(readUser(options), data)
        noteUnlessStreamable(data.schema, terminal)
        terminal.writeOut(options.json === true ? explanationJson(explanation, options) : explanationText(explanation, paintFor(terminal)))
        return exitCodes.good
      }),
    )
}

function readEvent({ event, entity, schemas }: ExplainOptions): EntityData {
  const json = parseExactJson(readInput(event), (why) => new ConfigurationError(`${event} ${why}.`))
  return encodersOf({ schemas })(entity).encode(json, 'event')
}

/** Reads a user's claims by JSON's own parser, which reads the gateway's tokens too. */
function readUser({ user, rolesClaim }: ExplainOptions): User {
  const claims = parseJson(readInput(user), (why) => new ConfigurationError(`${user} ${why}.`))
  if (!isJsonObject(claims)) throw new ConfigurationError(`${user} must hold an object: the claims of a token.`)
  return { roles: rolesOf(claims, rolesClaim), claims }
}

function explanationText({ leaves, sent }: EventExplanation, paint: Paint): string {
  const rows = leaves.flatMap((leaf) => {
    const [first, ...rest] = explanationLines(leaf).map(printable)
    return [[leaf.shown ? 'shown' : 'hidden', leaf.path, first!], ...rest.map((line) => ['', '', line])]
  })
  const lines = textTable(rows)
    .replace(/^shown/gm, paint.added('shown'))
    .replace(/^hidden/gm, paint.gone('hidden'))
  return `${lines}\n${sent === undefined ? 'Nothing is sent.' : `Sent is ${printable(sent)}`}\n`
}

/** The sent data is a text within the JSON, as other readers of JSON may round its longs. */
function explanationJson({ leaves, sent }: EventExplanation, { entity }: ExplainOptions): string {
  const fields = leaves.map(({ path, shown, by, passed }: LeafExplanation) => ({
    path,
    shown,
    by: by === undefined ? null : outcome(by),
    passed: passed.map(outcome),
  }))
  return `${JSON.stringify({ check: 'policy explain', entity_type: entity, fields, sent: sent ?? null }, undefined, 2)}\n`
}

function outcome({ rule, line, shows, outcome: its, condition, claims, values }: RuleOutcome): object {
  return { rule, line, shows, outcome: its, ...(condition !== undefined && { condition, token: claims, event: values }) }
}
