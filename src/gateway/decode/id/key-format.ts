import { isUtf8 } from 'node:buffer'
import type { EntityDefinition, KeyFormat } from '#entities.js'
import { BadRecordError } from '#errors.js'
import { isWireFormat } from '#registry/wire-format.js'
import { lookOf, mayBeBinary } from './binary-key.js'
import { looksLikeJson } from './json-key.js'
import { looksLikeStruct } from './struct-key.js'

const [space, tilde, quote, openBrace, letterS] = [0x20, 0x7e, 0x22, 0x7b, 0x53]

/**
 * The id in a key that is plain text, as nearly all are that are no Avro; undefined where it may be anything else. It is looked at byte by byte, as
 * all that a key may be takes 250 ns.
 */
export function plainTextIn(key: Buffer): string | undefined {
  const first = key[0]
  if (first === openBrace || first === quote || first === letterS) return undefined
  for (let i = 0; i < key.length; i++) if (key[i]! < space || key[i]! > tilde) return undefined
  return key.toString('latin1')
}

/** Whether a key's schema must be known for its id. @param isAvro whether the registry has a schema for the keys of its topic. */
export function isAvroKey(key: Buffer, { key: said, envelope }: EntityDefinition, isAvro: boolean): boolean {
  if (!isWireFormat(key) || (said !== undefined && said !== 'avro')) return false
  // A long below 2^56 begins with the magic byte, and what follows may be the id of any schema.
  return said === 'avro' || isAvro || envelope === 'event' || !mayBeBinary(key)
}

/**
 * How a key is written: as its entity says, or as is recognized. @throws BadRecordError `key_invalid` where it may be more than one thing, as an id
 * that is made up may be that of another row.
 */
export function keyFormatOf(key: Buffer, entity: EntityDefinition, isAvro: boolean): KeyFormat {
  if (entity.key !== undefined) return entity.key
  if (isAvroKey(key, entity, isAvro)) return 'avro'
  if (!isUtf8(key)) throw unclear(key)
  const text = key.toString()
  if (controlCharacter.test(text)) throw unclear(key)
  // An event's key is its entity id, which may be any text.
  if (entity.envelope === 'event') return 'text'
  return looksLikeStruct(text) ? 'struct' : looksLikeJson(text) ? 'json' : 'text'
}

/** No text of people has them, but small numbers in binary. */
// eslint-disable-next-line no-control-regex -- these characters are looked for.
const controlCharacter = /[\u0000-\u0008\u000e-\u001f]/

function unclear(key: Buffer): BadRecordError {
  return new BadRecordError('key_invalid', `${lookOf(key)} Its entry in ENTITIES can say what it is ("key")`)
}
