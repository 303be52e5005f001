import type { SchemaDraft, SubjectRegistry } from '#registry/schema-registry.js'
import type { PlannedSubject } from './subject-plan.js'

/** What has become of a planned subject. */
export interface Registration {
  readonly subject: string
  readonly outcome: 'registered' | 'unchanged' | 'to register'
  /** Undefined where it is not registered yet. */
  readonly version: number | undefined
  readonly id: number | undefined
}

/**
 * Registers what is not registered yet, in the order of the plan. Asked again it writes nothing; nothing is ever deleted.
 * @param note told of each as soon as it is so, since a failure leaves what was written before it.
 * @param stop aborted: what is under way is still awaited, nothing further is begun.
 * @throws RegistryError where the registry refuses one or does not answer.
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

/** @param draft undefined where it references a version that is not there yet: then it is surely new itself. */
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
