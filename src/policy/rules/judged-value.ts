import { compareWithLiteral, type Literal } from './literal.js'
import { isArray, memberOf } from './value-at-path.js'
import { ValueKeys } from './value-keys.js'

/** Up to this many values are compared one by one instead of sorted into sets. */
const scannedMax = 16

/** A path as text and as steps. */
export class ValuePath {
  readonly steps: readonly string[]

  /** @param text where it is empty, the path means the value itself. */
  constructor(readonly text: string) {
    this.steps = text === '' ? [] : text.split('.')
  }
}

/** The value that a condition judges: the extracted entity of an event, or an element of one of its lists. */
export class JudgedValue {
  private lists: Map<string, ValueList> | undefined

  constructor(readonly value: unknown) {}

  /**
   * The value at the path: a scalar or a record; a `ValueList` where an array lies on the path; undefined where there is none, which
   * includes everything behind null and behind a value that is not a record.
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

  /** Made once for all conditions, as one event is judged for many audiences. */
  private listAt(path: ValuePath): ValueList {
    let list = this.lists?.get(path.text)
    if (list === undefined) (this.lists ??= new Map()).set(path.text, (list = new ValueList(this.value, path.steps)))
    return list
  }
}

/** All values at a path on which arrays lie. */
export class ValueList {
  /** The values at the path's end, one from each record; some may be arrays. */
  readonly members: unknown[] = []
  /** The same, with the items of such arrays in place of the arrays. */
  readonly values: readonly unknown[]
  /** Whether the path's end is missing in some record. */
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
