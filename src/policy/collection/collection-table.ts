import { MaskTable } from '../audience/mask-table.js'
import { WeakTable } from '../audience/weak-table.js'
import { Collection, type CollectionDefinition } from './collection.js'
import { ShownValues } from './shown-values.js'

/** All collections that somebody asks for: one object for each id. */
export class CollectionTable {
  private readonly collections = new WeakTable<Collection>()
  private readonly shared = { values: new ShownValues(), masks: new MaskTable() }

  /** @throws CollectionError where the filter or a field is not understood. */
  get(definition: CollectionDefinition): Collection {
    return this.collections.get(definition.id, () => new Collection(definition, this.shared))
  }
}
