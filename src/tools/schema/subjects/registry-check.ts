// Finds what a change of schemas breaks in a registry. Enters: the planned subjects. Leaves: findings. Writes nothing.
import type { ConfluentSubjects } from '#registry/confluent-subjects.js'
import { type RegisteredSchema, RegistryError, type SchemaDraft } from '#registry/schema-registry.js'
import { ConfigurationError } from '#errors.js'
import { type Finding, findingsOf, ruleIdsOf, type RuleTable } from '../../findings/finding.js'
import { type CompatibilityLevel, compatibilityLevels, type EarlierVersion, incompatibilitiesOf } from '../compare/compatibility.js'
import { goneEntitiesOf } from './gone-entities.js'
import { checkEntity, findRemoved, historyCut } from '../compare/schema-check.js'
import { schemaChangesOf } from '../compare/schema-changes.js'
import { registeredEntityOf, registeredTypeOf } from './registered-entity.js'
import type { WholeSchema } from '#schema/files/schema-folder.js'
import { invalidityOf, validModelOf } from '#schema/model/schema-validity.js'
import { isOnTopic, type PlannedSubject } from '#schema/subjects/subject-plan.js'

const rules = {
  'registry-refuses': {
    severity: 'error',
    why: 'The registry would refuse the schema, although the entity itself is compatible.',
    mend: 'Compare the event of the subject with the one that Sluice makes; one that was registered by hand may have other names or types of fields.',
  },
  'verdicts-differ': {
    severity: 'warning',
    why: 'The registry accepts a schema that readers cannot read; the stricter verdict counts here.',
    mend: 'Mend the change that is found beside this, or the level of the subject.',
  },
  'registry-unsure': {
    severity: 'warning',
    why: 'Some registries cannot compare a schema with references before it is registered, and never with an inlined version; only the verdict of the resolver counts.',
    mend: 'Register with --inline as long as the earlier versions are inlined, or look at what the registry says.',
  },
  'level-unclear': {
    severity: 'warning',
    why: 'Some registries answer NONE for a subject without a level of its own, but still refuse by the global level; the stricter one counts here.',
    mend: 'Set the level of the subject, or name the intended one by --level.',
  },
  'level-none': {
    severity: 'warning',
    why: 'The registry takes every change of it, also one that consumers cannot read, and nothing is compared here.',
    mend: 'Set the level of the subject, or the global one, to BACKWARD_TRANSITIVE or FULL_TRANSITIVE; or name one by --level.',
  },
  'older-version': {
    severity: 'warning',
    why: 'A registry takes a schema only once, so it does not become the newest again, and the newest decides for the gateway, even whether the type is streamed.',
    mend: 'Change something that breaks nobody, for example a doc, so that it becomes a new version; nothing, if the newer one is meant to stay.',
  },
  'other-shape': {
    severity: 'error',
    why: 'Its records would be bad records to the gateway, or the subject belongs to another team.',
    mend: 'Find out which program registers it; events have their entity in the field "data".',
  },
  'subjects-disagree': {
    severity: 'warning',
    why: 'The topics of one entity are one stream to clients: a create and an update of it should hold the same fields by the same rules.',
    mend: 'Register all of them together, with the same level.',
  },
} as const satisfies RuleTable

const finding = findingsOf('schema', rules)
export const registryCheckRules = ruleIdsOf('schema', rules)

export interface RegistryCheckOptions {
  /** The level that counts instead of each subject's own. */
  readonly level?: CompatibilityLevel | undefined
  /** Whether the subjects are registered next. The registry judges them then, so nothing is warned of that it cannot judge before. */
  readonly registersNext?: boolean
  /** How many of a subject's newest versions are compared; 100 by default. */
  readonly versionsMax?: number
}

/** Each version takes a request, and further ones for its references. */
const defaultVersionsMax = 100

interface RegisteredVersion extends EarlierVersion {
  readonly version: number
  readonly hasReferences: boolean
}

/** A subject as the registry has it. */
interface SubjectState {
  readonly plan: PlannedSubject
  readonly level: CompatibilityLevel
  /** The newest version, which may be the planned one already. */
  readonly latest: number | undefined
  /** The versions that the level asks for, the newest first. */
  readonly earlier: readonly RegisteredVersion[]
  readonly findings: readonly Finding[]
}

/** @throws RegistryError where the registry does not answer. @throws ConfigurationError where a schema is not valid. */
export async function checkAgainstRegistry(
  registry: ConfluentSubjects,
  plans: readonly PlannedSubject[],
  { level, registersNext = false, versionsMax = defaultVersionsMax }: RegistryCheckOptions = {},
): Promise<Finding[]> {
  const states: SubjectState[] = []
  for (const plan of plans) states.push(await stateOf(registry, plan, level, versionsMax))
  const latest = new Map(states.map((state) => [state.plan.subject, state.latest]))
  // A wrong address may answer 404 to everything, which looks like an empty registry. Only a registry has a global level.
  if (states.every((state) => state.latest === undefined)) await registry.globalLevel()
  const findings: Finding[] = []
  for (const source of new Set(plans.map((plan) => plan.source))) {
    const its = states.filter(({ plan }) => plan.source === source)
    findings.push(...checkEntity(source, its), ...its.flatMap((state) => state.findings), ...disagreements(source, its))
    if (level === undefined && !registersNext) findings.push(...unprotected(source, its))
    for (const state of its) {
      const draft = draftOf(state.plan, latest)
      findings.push(...(await verdictFindings(registry, state, draft, registersNext)), ...(await returning(registry, state, draft)))
    }
  }
  findings.push(...findRemoved(await goneEntitiesOf(registry, plans), []))
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()]
}

async function stateOf(
  registry: ConfluentSubjects,
  plan: PlannedSubject,
  given: CompatibilityLevel | undefined,
  versionsMax: number,
): Promise<SubjectState> {
  const { subject, kind, source } = plan
  const versions = await registry.versionsOf(subject)
  if (versions.length === 0) return { plan, level: given ?? 'NONE', latest: undefined, earlier: [], findings: [] }
  const { level, findings } = given === undefined ? await levelOf(registry, plan) : { level: given, findings: [] }
  const earlier: RegisteredVersion[] = []
  const asked = level.endsWith('_TRANSITIVE') ? versions : versions.slice(0, 1)
  if (asked.length > versionsMax) findings.push(historyCut(source.file, versionsMax, `versions of ${subject}`))
  for (const version of asked.slice(0, versionsMax)) {
    const name = `${subject} version ${version}`
    const registered = await registry.schemaOf(subject, version)
    const entity = schemaOrRefusalOf(name, kind, registered)
    if (typeof entity === 'object') earlier.push({ name, version, entity, hasReferences: registered.references.length > 0 })
    else findings.push(finding('other-shape', { file: source.file }, `${name} ${entity}.`))
  }
  return { plan, level, latest: versions[0], earlier, findings }
}

/** The entity's schema or, as the rest of a sentence, what is wrong with it: a registry keeps for good whatever it once took. */
function schemaOrRefusalOf(name: string, kind: PlannedSubject['kind'], registered: RegisteredSchema): WholeSchema | string {
  try {
    const schema = kind === 'type' ? registeredTypeOf(name, registered) : registeredEntityOf(name, kind, registered)
    if (schema === undefined) return 'is no event around an entity'
    const invalid = invalidityOf(schema)
    return invalid === undefined ? schema : `is no valid schema: ${invalid}`
  } catch (error) {
    if (error instanceof ConfigurationError) return kind === 'type' ? 'is no type with a name' : 'is no record'
    throw error
  }
}

async function levelOf(
  registry: ConfluentSubjects,
  { subject, source }: PlannedSubject,
): Promise<{ level: CompatibilityLevel; findings: Finding[] }> {
  const { own, global } = await registry.levelsOf(subject)
  if (own !== 'NONE' || global === 'NONE') return { level: knownLevel(own ?? global), findings: [] }
  const what = `The level of ${subject} is NONE, as the registry says, and the global one is ${global}.`
  return { level: knownLevel(global), findings: [finding('level-unclear', { file: source.file }, what)] }
}

/** An unknown level counts as the strictest. */
function knownLevel(level: string): CompatibilityLevel {
  return compatibilityLevels.find((one) => one === level) ?? 'FULL_TRANSITIVE'
}

/** One finding for all unprotected subjects of an entity. */
function unprotected({ file }: WholeSchema, states: readonly SubjectState[]): Finding[] {
  const subjects = states.filter(({ level, latest }) => level === 'NONE' && latest !== undefined).map(({ plan }) => plan.subject)
  return subjects.length === 0 ? [] : [finding('level-none', { file }, `The level is NONE of ${subjects.join(', ')}.`)]
}

async function verdictFindings(
  registry: ConfluentSubjects,
  { plan, level, earlier }: SubjectState,
  draft: SchemaDraft,
  registersNext: boolean,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const note = (rule: keyof typeof rules, what: string) => void findings.push(finding(rule, { file: plan.source.file }, what))
  for (const one of earlier) {
    const verdict = await verdictOf(registry, plan.subject, one.version, draft)
    const isReadable = incompatibilitiesOf(plan.source, [one], level).length === 0
    // Apicurio 2.6 judges a schema with references only when it is registered, if the version before it has references too, or refuses it.
    const isJudgedNext = registersNext && one.hasReferences && plan.references.length > 0
    if (typeof verdict === 'string' && !isJudgedNext)
      note('registry-unsure', `The registry cannot judge "${plan.source.entityType}": ${verdict}.`)
    if (verdict === false && isReadable) note('registry-refuses', `The registry says that ${one.name} is not compatible.`)
    // With references the verdicts may well differ, as the registry judges changes of a reference under the reference's own subject.
    if (verdict === true && !isReadable && draft.references.length === 0)
      note('verdicts-differ', `The registry says that ${one.name} is compatible.`)
  }
  return findings
}

/** Finds schemas that go back to a former version: the registry has it already, so `register` would change nothing. */
async function returning(registry: ConfluentSubjects, { plan, latest }: SubjectState, draft: SchemaDraft): Promise<Finding[]> {
  const { subject, source } = plan
  const known = latest === undefined ? undefined : await registry.find(subject, draft)
  if (known === undefined || latest === undefined || known.version >= latest) return []
  return [
    finding('older-version', { file: source.file }, `It is version ${known.version} of ${subject}, whose newest is version ${latest}.`),
  ]
}

/** The registry's verdict, or its reason for giving none. */
async function verdictOf(
  registry: ConfluentSubjects,
  subject: string,
  version: number,
  draft: SchemaDraft,
): Promise<boolean | undefined | string> {
  try {
    return await registry.isCompatible(subject, version, draft)
  } catch (error) {
    if (error instanceof RegistryError && (error.kind === 'invalid' || error.kind === 'refused'))
      return error.message.replace(`subject ${subject}: `, '')
    throw error
  }
}

/**
 * Takes the newest version of each reference, as the planned one may not be registered yet. That is enough, as a reference is judged under
 * its own subject. Where a reference is new, all are inlined.
 */
function draftOf({ schema, references, inlined }: PlannedSubject, latest: ReadonlyMap<string, number | undefined>): SchemaDraft {
  const versioned = references.flatMap((one) => {
    const version = latest.get(one.subject)
    return version === undefined ? [] : [{ ...one, version }]
  })
  return versioned.length === references.length ? { schema, references: versioned } : { schema: inlined, references: [] }
}

/** Finds differences between the subjects of one entity's events. */
function disagreements({ file, entityType }: WholeSchema, states: readonly SubjectState[]): Finding[] {
  const [first, ...others] = states.filter(({ plan, earlier }) => isOnTopic(plan) && earlier.length > 0)
  if (first === undefined) return []
  // A subject that is registered with another shape has a finding of its own.
  const lacking = states.filter(({ plan, latest }) => isOnTopic(plan) && latest === undefined).map(({ plan }) => plan.subject)
  const found = (what: string) => finding('subjects-disagree', { file }, `The subjects of "${entityType}" disagree: ${what}.`)
  return [
    ...lacking.map((subject) => found(`${first.plan.subject} is registered and ${subject} is not`)),
    ...others
      .filter(({ level }) => level !== first.level)
      .map((one) => found(`${first.plan.subject} has the level ${first.level}, ${one.plan.subject} ${one.level}`)),
    ...others.flatMap((one) => {
      const [change] = schemaChangesOf(validModelOf(first.earlier[0]!.entity), validModelOf(one.earlier[0]!.entity))
      const subject = change?.path === '' ? 'it' : `"${change?.path ?? ''}"`
      return change === undefined ? [] : [found(`from ${first.earlier[0]!.name} to ${one.earlier[0]!.name}, ${subject} ${change.what}`)]
    }),
  ]
}
