import type { AvroSink, Excerpt } from './avro-sink.js'
import { InvalidEntityError } from './invalid-entity.js'
import { invalid } from './invalid.js'
import { type Latitude, latitudes, type WriteValue } from './value-form.js'

export interface Branch {
  readonly index: number
  readonly write: WriteValue
}

/**
 * Writes the branch that fits with the least latitude; of several, the first. @param expected the description of all branches, for the
 * error.
 */
export function firstThatFits(branches: readonly Branch[], expected: string): WriteValue {
  return (sink, value, latitude) => {
    const mark = sink.mark()
    for (const tried of latitudes.slice(0, latitudes.indexOf(latitude) + 1)) {
      for (const { index, write } of branches) {
        try {
          sink.long(index)
          attemptsOf(sink).write(write, value, tried)
          return
        } catch (error) {
          if (!(error instanceof InvalidEntityError)) throw error
          sink.backTo(mark)
        }
      }
    }
    throw invalid(expected, value)
  }
}

interface Attempt {
  readonly write: WriteValue
  readonly latitude: Latitude
  readonly depth: number
  readonly outcome: Excerpt | InvalidEntityError
}

/**
 * Remembers the outcomes of objects in the branches of unions. Unions of similar records within each other would otherwise be tried in
 * every combination: thirty levels of two branches a billion times.
 */
class Attempts {
  private readonly byObject = new Map<object, Attempt[]>()

  constructor(private readonly sink: AvroSink) {}

  write(write: WriteValue, value: unknown, latitude: Latitude): void {
    if (typeof value !== 'object' || value === null) return write(this.sink, value, latitude)
    const { depth } = this.sink
    const attempts = this.byObject.get(value) ?? []
    this.byObject.set(value, attempts)
    const known = attempts.find((one) => one.write === write && one.latitude === latitude && one.depth === depth)
    const outcome = known?.outcome ?? this.outcomeOf(write, value, latitude)
    if (known === undefined) attempts.push({ write, latitude, depth, outcome })
    if (outcome instanceof InvalidEntityError) throw outcome
    if (known !== undefined) this.sink.again(outcome)
  }

  private outcomeOf(write: WriteValue, value: object, latitude: Latitude): Attempt['outcome'] {
    const mark = this.sink.mark()
    try {
      write(this.sink, value, latitude)
      return this.sink.since(mark)
    } catch (error) {
      if (error instanceof InvalidEntityError) return error
      throw error
    }
  }
}

const bySink = new WeakMap<AvroSink, Attempts>()

function attemptsOf(sink: AvroSink): Attempts {
  const attempts = bySink.get(sink) ?? new Attempts(sink)
  bySink.set(sink, attempts)
  return attempts
}
