import type { EntityData } from '#avro/entity-data.js'
import type { ShownExtraction } from '#avro/entity-schema.js'
import { BoundedMap } from '#bounded-map.js'
import { CurrentEvent } from '../audience/current-event.js'
import type { Mask } from '../rights.js'
import { pathsKey } from '../rules/field-name.js'
import { JudgedValue } from '../rules/judged-value.js'

/** Filters ask for few sets of paths. Beyond this, some are compiled again. */
const pathSetsMax = 256

/** Reads what a mask shows at some paths once an event, however many filters ask for the same paths. */
export class ShownValues {
  private readonly byMask = new WeakMap<Mask, BoundedMap<string, PathSet>>()
  private readonly current = new CurrentEvent()

  /** Undefined where there are too many values to be compared. @throws BadRecordError */
  at(paths: readonly string[], mask: Mask, data: EntityData): JudgedValue | undefined {
    let sets = this.byMask.get(mask)
    if (sets === undefined) this.byMask.set(mask, (sets = new BoundedMap(pathSetsMax)))
    const key = pathsKey(paths)
    let set = sets.get(key)
    if (set === undefined) sets.set(key, (set = new PathSet(mask.schema.shownExtractionOf(paths, mask.leaves))))
    return set.read(data, this.current.eventNumber(data))
  }
}

class PathSet {
  private readAt = 0
  private values: JudgedValue | undefined

  constructor(private readonly extract: ShownExtraction) {}

  read({ bytes, start }: EntityData, number: number): JudgedValue | undefined {
    if (number !== this.readAt) {
      const values = this.extract(bytes, start)
      this.values = values && new JudgedValue(values)
      this.readAt = number
    }
    return this.values
  }
}
