import type { SchemaDraft, SubjectRegistry } from '#registry/schema-registry.js'
import type { PlannedSubject } from './subject-plan.js'

/** The result for a planned subject. */
export interface Registration {
  readonly subject: string
  readonly outcome: 'registered' | 'unchanged' | 'to register'
  /** Undefined where the subject is not registered yet. */
  readonly version: number | undefined
  readonly id: number | undefined
}

/**
 * Registers the planned subjects that are not registered yet, in the plan's order. A second call writes nothing, and nothing is ever
 * deleted.
 * @param note called for each subject as soon as its result is known, since a failure leaves what was written before it.
 * @param stop when aborted, the subject under way is still awaited, but no further one begun.
 * @throws RegistryError where the registry refuses a subject or does not answer.
 */
export async function registerSubjects(
  registry: SubjectRegistry,
  plans: readonly PlannedSubject[],
  { dryRun, note, stop }: { readonly dryRun: boolean; readonly note: (done: Registration) => void; readonly stop?: AbortSignal },
): Promise<void> {
  const versions = new Map<string, number>()
  for (const plan of plans) {
    if (stop?.aborted === true) return
    const done = await registrationOf(registry, plan, draftOf(plan, versions), dryRun)
    if (done.version !== undefined) versions.set(plan.subject, done.version)
    note(done)
  }
}

/** @param draft undefined where it references a version that does not exist yet, so that the subject must be new as well. */
async function registrationOf(
  registry: SubjectRegistry,
  { subject }: PlannedSubject,
  draft: SchemaDraft | undefined,
  dryRun: boolean,
): Promise<Registration> {
  const known = draft === undefined ? undefined : await registry.find(subject, draft)
  if (known !== undefined) return { subject, outcome: 'unchanged', ...known }
  if (dryRun || draft === undefined) return { subject, outcome: 'to register', version: undefined, id: undefined }
  return { subject, outcome: 'registered', ...(await registry.register(subject, draft)) }
}

function draftOf({ schema, references }: PlannedSubject, versions: ReadonlyMap<string, number>): SchemaDraft | undefined {
  const found = references.map((reference) => ({ ...reference, version: versions.get(reference.subject) }))
  const isWhole = found.every((one): one is (typeof found)[number] & { version: number } => one.version !== undefined)
  return isWhole ? { schema, references: found } : undefined
}
