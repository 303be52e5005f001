import type { MemoryRegistry } from '#registry/memory-registry.js'
import { RegistryError, type SchemaDraft, type SubjectRegistry, type SubjectVersion } from '#registry/schema-registry.js'

/** A registry in memory as those see it who register; what is registered can be looked up by its id in the other one. */
export class MemorySubjects implements SubjectRegistry {
  readonly registered = new Map<string, SubjectVersion>()
  isAway = false
  private readonly texts = new Map<string, string>()

  constructor(private readonly memory: MemoryRegistry) {}

  globalLevel(): Promise<string> {
    return Promise.resolve('BACKWARD')
  }

  find(subject: string, draft: SchemaDraft): Promise<SubjectVersion | undefined> {
    if (this.isAway) return Promise.reject(new RegistryError('unavailable', 'away'))
    return Promise.resolve(this.registered.get(keyOf(subject, draft)))
  }

  register(subject: string, draft: SchemaDraft): Promise<SubjectVersion> {
    const references = draft.references.map((reference) => this.texts.get(`${reference.subject} ${reference.version}`)!)
    const id = this.memory.register(subject, draft.schema, references)
    const version = [...this.registered.keys()].filter((key) => key.startsWith(`${subject} `)).length + 1
    this.texts.set(`${subject} ${version}`, draft.schema)
    this.registered.set(keyOf(subject, draft), { id, version })
    return Promise.resolve({ id, version })
  }
}

function keyOf(subject: string, { schema, references }: SchemaDraft): string {
  return `${subject} ${schema} ${JSON.stringify(references)}`
}
