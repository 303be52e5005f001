import { BadRecordError } from '#errors.js'
import { joinedId } from '#entities.js'
import { idFieldsIn } from './id-fields.js'

const structText = /^Struct\{(.*)\}$/s
/** Where a field begins. A value that holds such a beginning itself cannot be told from a further field. */
const fieldStart = /(?:^|,)([A-Za-z_][\w$#@-]*)=/g
/** What Java writes of an object that has no text of its own, or of a part of it only: it would be the same for many rows. */
const javaObject = /^(?:java\.nio\.|\[[A-Z]@|[\w.$]+@[0-9a-f]+$|Struct\{|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d )/

export function looksLikeStruct(text: string): boolean {
  return structText.test(text)
}

const otherStruct = 'its struct has other fields than that of an earlier record; "id_field" can say which they are'

/** Reads keys such as `Struct{order_no=17,line_no=1}`, which Connect's converter of strings writes. */
export class StructKeys {
  /**
   * Of the first key, after those were refused that `id_field` does not know. All others must have the same, or a value that looks like a
   * field would give two rows one id.
   */
  private names: string | undefined

  /** @throws BadRecordError `key_invalid` */
  idOf(text: string, idFields: readonly string[] | undefined): string {
    const values = valuesIn(text)
    const names = [...values.keys()]
    const parts = idFieldsIn(names, idFields).map((name) => values.get(name)!)
    this.names ??= names.join()
    if (this.names !== names.join()) throw new BadRecordError('key_invalid', otherStruct)
    return joinedId(parts)
  }
}

/** @throws BadRecordError `key_invalid` */
export function structKeyFields(text: string): readonly string[] {
  return [...valuesIn(text).keys()]
}

function valuesIn(text: string): Map<string, string> {
  const inner = structText.exec(text)?.[1]
  if (inner === undefined) throw new BadRecordError('key_invalid', 'it is no Struct{...}')
  const values = new Map<string, string>()
  const starts = [...inner.matchAll(fieldStart)]
  if (starts[0]?.index !== 0) throw new BadRecordError('key_invalid', 'its struct has no field')
  for (const [number, { 0: start, 1: name, index }] of starts.entries()) {
    const value = inner.slice(index + start.length, starts[number + 1]?.index)
    if (values.has(name!) || javaObject.test(value))
      throw new BadRecordError('key_invalid', `the field ${name!} of its struct cannot be read`)
    values.set(name!, value)
  }
  return values
}
