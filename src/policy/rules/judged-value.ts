import { compareWithLiteral, type Literal } from './literal.js'
import { isArray, memberOf } from './value-at-path.js'
import { ValueKeys } from './value-keys.js'

/** So few are compared one by one before they are sorted into sets. */
const scannedMax = 16

/** A path as it is followed, and as it is called. */
export class ValuePath {
  readonly steps: readonly string[]

  /** @param text without steps it is the value itself that is asked for. */
  constructor(readonly text: string) {
    this.steps = text === '' ? [] : text.split('.')
  }
}

/** What a condition is asked of: the entity of an event as extracted, or an element of one of its lists. */
export class JudgedValue {
  private lists: Map<string, ValueList> | undefined

  constructor(readonly value: unknown) {}

  /**
   * What is at the path: a scalar or a record; a `ValueList` where an array lies on it; undefined where it is missing, as it is behind null
   * and behind what is no record.
   */
  at(path: ValuePath): unknown {
    const { steps } = path
    let { value } = this
    for (let i = 0; i < steps.length; i++) {
      if (isArray(value)) return this.listAt(path)
      value = memberOf(value, steps[i]!)
    }
    return isArray(value) ? this.listAt(path) : value
  }

  /** Made once for all who ask: one event is judged for many. */
  private listAt(path: ValuePath): ValueList {
    let list = this.lists?.get(path.text)
    if (list === undefined) (this.lists ??= new Map()).set(path.text, (list = new ValueList(this.value, path.steps)))
    return list
  }
}

/** All that stands at a path on which arrays lie. */
export class ValueList {
  /** What the path's last step leads to in each record, arrays among it. */
  readonly members: unknown[] = []
  /** The same with what lies in those arrays in their stead. */
  readonly values: readonly unknown[]
  /** In some record the path's end is missing. */
  lacksSome = false
  private keys: ValueKeys | undefined

  constructor(value: unknown, steps: readonly string[]) {
    this.collect(value, steps, 0)
    this.values = this.members.some(isArray) ? this.members.flat() : this.members
  }

  has(literal: Literal): boolean {
    if (literal.value === null && this.lacksSome) return true
    if (this.values.length <= scannedMax) return this.values.some((value) => compareWithLiteral(value, literal) === 0)
    return (this.keys ??= new ValueKeys(this.values)).has(literal)
  }

  private collect(value: unknown, steps: readonly string[], at: number): void {
    if (at === steps.length) this.members.push(value)
    else if (isArray(value)) for (const item of value) this.step(item, steps, at)
    else this.step(value, steps, at)
  }

  private step(value: unknown, steps: readonly string[], at: number): void {
    const member = memberOf(value, steps[at]!)
    if (member === undefined) this.lacksSome = true
    else this.collect(member, steps, at + 1)
  }
}
