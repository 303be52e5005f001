import type { MemoryRegistry } from '../../src/decode/registry/memory-registry.js'
import { RegistryError, type SchemaIds } from '../../src/decode/registry/schema-registry.js'

/** A registry as a service that publishes sees it. */
export class FakeSchemaIds implements SchemaIds {
  readonly registered = new Map<string, number>()
  isAway = false

  constructor(private readonly memory: MemoryRegistry) {}

  idOf(subject: string, schema: string): Promise<number> {
    if (this.isAway) return Promise.reject(new RegistryError('unavailable', 'away'))
    const id = this.registered.get(`${subject} ${schema}`)
    return id === undefined ? Promise.reject(new RegistryError('not_found', 'not registered')) : Promise.resolve(id)
  }

  register(subject: string, schema: string): Promise<number> {
    const id = this.memory.register(subject, schema)
    this.registered.set(`${subject} ${schema}`, id)
    return Promise.resolve(id)
  }
}
