import * as v from 'valibot'
import { isSeq, LineCounter, parseDocument, type ParsedNode } from 'yaml'
import { isJsonObject } from '#text/json-object.js'
import { operations } from '#entities.js'
import { ConfigurationError } from '#errors.js'
import type { Telling } from './telling.js'

/** What a client may be told of a change. What becomes visible or is no longer needs the `before` of a case. */
const tellings = [...operations, 'nothing'] as const satisfies readonly Telling[]

/** An assertion about a policy: what one user is shown of one event. */
export interface PolicyCase {
  readonly name: string
  /** From 1. */
  readonly line: number
  /** The claims of the token with its roles. */
  readonly user: JsonObject
  readonly entity: string
  /** Integers beyond 2^53 are bigints. Undefined where the entity is deleted. */
  readonly event: JsonObject | undefined
  readonly before: JsonObject | undefined
  /** The data that is sent, the fields that are shown, or what the client is told. */
  readonly expect: JsonObject | readonly string[] | Telling
}

type JsonObject = Readonly<Record<string, unknown>>

/** Aliases multiply the content of a file, so they are limited. A thousand cases with an alias to an event each are plenty. */
const aliasesMax = 1000

const object = (message: string) => v.custom<JsonObject>(isJsonObject, message)
const expectations = `must be an object (the data that is sent), a list of fields, or one of ${tellings.join(', ')}`

const caseMembers = v.strictObject(
  {
    name: v.string('must be a text'),
    user: object("must be an object: the token's claims"),
    entity: v.string('must be the name of an entity type'),
    event: v.optional(object('must be an object: the data of the event')),
    before: v.optional(object('must be an object: the data of the entity before the event')),
    expect: v.union([v.picklist(tellings), v.array(v.string()), object(expectations)], expectations),
  },
  ({ expected }) => (expected === 'Object' ? 'must be an object: a case' : expected === 'never' ? 'is no member of a case' : 'is missing'),
)
const caseSchema = v.pipe(
  caseMembers,
  v.check(({ event, before }) => event !== undefined || before !== undefined, 'must have an event, or the before of what is deleted'),
)

/** Reads a list of cases in YAML, or in JSON, which is a part of YAML. @throws ConfigurationError with the line of the fault. */
export function parseCases(text: string, file: string): PolicyCase[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: true, merge: true, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) throw new ConfigurationError(`${file}:${lines.linePos(error.pos[0]).line} ${yamlFault(error)}.`)
  const list = document.contents
  if (!isSeq(list) || list.items.length === 0) throw new ConfigurationError(`${file} must hold a list of at least one case.`)
  const items = plainOf(document, file)
  return items.map((item, index) => {
    // Every item was parsed from the text, so it has a place there.
    const [start] = (list.items[index] as ParsedNode).range
    const { line } = lines.linePos(start)
    return { line, ...caseOf(item, `${file}:${line}`) }
  })
}

/** The rest of a sentence. */
function yamlFault({ code, message }: { readonly code: string; readonly message: string }): string {
  // The parser's own message for several documents names its functions.
  return code === 'MULTIPLE_DOCS' ? 'begins a further document; all cases stand in one list' : `is not YAML: ${message}`
}

function plainOf(document: ReturnType<typeof parseDocument>, file: string): unknown[] {
  try {
    return withNumbers(document.toJS({ maxAliasCount: aliasesMax })) as unknown[]
  } catch (error) {
    // An alias within its own anchor would never end.
    const why = error instanceof RangeError ? 'an alias stands within what it refers to' : (error as Error).message
    throw new ConfigurationError(`${file} cannot be used: ${why}.`)
  }
}

function caseOf(item: unknown, place: string): Omit<PolicyCase, 'line'> {
  const result = v.safeParse(caseSchema, item)
  if (result.success) return { event: undefined, before: undefined, ...result.output }
  const [issue] = result.issues
  throw new ConfigurationError(`The case at ${place}: ${v.getDotPath(issue) ?? 'it'} ${issue.message}.`)
}

/** Integers that a double holds exactly become numbers, as they are in JSON's own parser. */
function withNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (Array.isArray(value)) return value.map(withNumbers)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withNumbers(part)]))
}
