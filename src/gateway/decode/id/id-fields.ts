import { BadRecordError } from '#errors.js'

/**
 * The fields of a key that make up the id, in the id's order: those that are configured, or all in the key's own order. A key's only field is the
 * id whatever it is called.
 * @throws BadRecordError `key_invalid` where the key has other fields than those that are configured, as rows would share an id.
 */
export function idFieldsIn(names: readonly string[], configured: readonly string[] | undefined): readonly string[] {
  if (configured === undefined || (names.length === 1 && configured.length === 1)) return names
  if (names.length !== configured.length || !configured.every((name) => names.includes(name)))
    throw new BadRecordError('key_invalid', otherFieldsText(names, configured))
  return configured
}

/** How many characters of a list of names a message has. */
const namesCharactersMax = 200

export function otherFieldsText(names: readonly string[], configured: readonly string[]): string {
  return `it has the fields ${names.join(', ').slice(0, namesCharactersMax)}, where id_field names ${configured.join(', ')}`
}
