// Finds what a change of schemas breaks. Enters: the entities and their earlier versions. Leaves: findings with the lines of the changes.
import { groupedBy } from '#grouped-by.js'
import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../../findings/finding.js'
import { JsonLines } from '#text/json-lines.js'
import { type CompatibilityLevel, type EarlierVersion, incompatibilitiesOf, type Incompatibility } from './compatibility.js'
import { type SchemaChange, schemaChangesOf } from './schema-changes.js'
import type { EntityFile, WholeSchema } from '#schema/files/schema-folder.js'
import type { SchemaPlace } from '#schema/model/schema-model.js'
import { validModelOf } from '#schema/model/schema-validity.js'
import type { Direction } from './type-change.js'

const rules = {
  'backward-incompatible': {
    severity: 'error',
    why: 'Consumers that have the new schema cannot read what was written with the old one and is still on the topic.',
    mend: 'Add fields with a default, keep an alias of what is renamed, and only widen types.',
  },
  'forward-incompatible': {
    severity: 'error',
    why: 'Consumers that still have the old schema cannot read records that are written with the new one.',
    mend: 'Remove only fields that had a default, give enums a default, and change the consumers before the producers.',
  },
  'meaning-changed': {
    severity: 'warning',
    why: 'Avro lets readers with the other schema go on, and they read the same bytes as another value.',
    mend: 'Add a field with the new meaning, and remove the old one when nobody reads it any more.',
  },
  'tag-removed': {
    severity: 'warning',
    why: 'A policy that hides the tag does not hide this field any more.',
    mend: 'Keep the tag, or name the field in the policy.',
  },
  'history-cut': {
    severity: 'warning',
    why: 'Readers with an older version than those compared may not be able to go on.',
    mend: 'Nothing, if nobody uses older versions; else fetch the commits that a shallow clone lacks, or compare with one by --against.',
  },
  'nothing-before': {
    severity: 'warning',
    why: 'A folder that lay elsewhere at that commit looks like a first one: every entity counts as new, and no change is found.',
    mend: 'Nothing, if these are the first schemas; else check out the earlier commit, and name its folder by --against.',
  },
  'streaming-ends': {
    severity: 'warning',
    why: 'No record that is written with the new schema reaches a client.',
    mend: 'Keep "streamable": true for as long as clients subscribe to it.',
  },
  'entity-removed': {
    severity: 'warning',
    why: 'Who subscribes to it, and policies that name it, are left with nothing.',
    mend: 'Keep its schema for as long as its topics have records.',
  },
} as const satisfies RuleTable

const finding = findingsOf('schema', rules)
export const schemaCheckRules = ruleIdsOf('schema', rules)

/** The earlier versions of an entity in one place, and the level that says which readers must be able to go on there. */
export interface EntityHistory {
  /** The newest first; empty where the entity is new. */
  readonly earlier: readonly EarlierVersion[]
  readonly level: CompatibilityLevel
}

/** A change is found once, however many versions it breaks. @throws ConfigurationError where a schema is not valid. */
export function checkEntity(entity: WholeSchema, histories: readonly EntityHistory[]): Finding[] {
  const lines = new Map([entity, ...entity.references].map(({ file, text }) => [file, new JsonLines(text)]))
  const at = ({ file, at: path }: SchemaPlace) => ({ file, line: lines.get(file)!.of([...path]) })
  const broken = histories
    .flatMap(({ earlier, level }) => incompatibilitiesOf(entity, earlier, level))
    .flatMap((one) => breaksOf(one, entity))
  const newest = histories.flatMap(({ earlier }) => earlier.slice(0, 1))
  const changes = newest.flatMap((version) => schemaChangesOf(validModelOf(version.entity), validModelOf(entity)))
  return [
    ...Array.from(groupedBy(broken, ({ rule, what }) => `${rule} ${what}`).values(), (same) => {
      const [{ rule, place, what }] = same
      return finding(rule, at(place), `${what} (against ${namesText(same.map(({ earlier }) => earlier))}).`)
    }),
    ...[...groupedBy(changes, ({ kind, path, what }) => `${kind} ${path} ${what}`).values()].flatMap(([change]) =>
      warningOf(change, entity, at),
    ),
  ]
}

/** @param before the entity types that had a schema. */
export function findRemoved(before: readonly EntityFile[], after: readonly EntityFile[]): Finding[] {
  const gone = before.filter(({ entityType }) => !after.some((one) => one.entityType === entityType))
  return gone.map(({ entityType, file }) => finding('entity-removed', { file }, `The schema of "${entityType}" is gone.`))
}

/** Says that there are more versions than are compared. @param versions how many were compared. @param ofWhat what they are, in words. */
export function historyCut(file: string, versions: number, ofWhat: string): Finding {
  return finding('history-cut', { file }, `Only the newest ${versions} ${ofWhat} were compared.`)
}

/** Says that every entity counts as new. @param against with what the entities were to be compared. */
export function nothingBefore(file: string, against: string): Finding {
  return finding('nothing-before', { file }, `There was no schema before (against ${against}), so that nothing was compared.`)
}

type Locate = (place: SchemaPlace) => { file: string; line: number }

interface Break {
  readonly rule: `${Direction}-incompatible`
  readonly place: SchemaPlace
  readonly what: string
  readonly earlier: string
}

function breaksOf({ direction, earlier, changes, reason }: Incompatibility, { entityType, file }: WholeSchema): Break[] {
  const rule = `${direction}-incompatible` as const
  // The resolver decides. Where no change explains its verdict, its own message is quoted.
  if (changes.length === 0) return [{ rule, place: { file, at: [] }, what: `"${entityType}" cannot be read: ${reason}`, earlier }]
  return changes.map((change) => ({ rule, place: change.place, what: `${subjectOf(change, entityType)} ${change.what}`, earlier }))
}

/** How many are named in one sentence. */
const namesMax = 3

function namesText(names: readonly string[]): string {
  const more = names.length - namesMax
  return more > 0 ? `${names.slice(0, namesMax).join(', ')} and ${more} more` : names.join(', ')
}

function warningOf(change: SchemaChange, { entityType }: WholeSchema, at: Locate): Finding[] {
  const rule = warnings[change.kind]
  return rule === undefined ? [] : [finding(rule, at(change.place), `${subjectOf(change, entityType)} ${change.what}.`)]
}

const warnings: Partial<Record<SchemaChange['kind'], keyof typeof rules>> = {
  'logical-type-changed': 'meaning-changed',
  'tag-removed': 'tag-removed',
  'streaming-ends': 'streaming-ends',
}

function subjectOf({ path }: SchemaChange, entityType: string): string {
  return path === '' ? `"${entityType}"` : `"${entityType}.${path}"`
}
