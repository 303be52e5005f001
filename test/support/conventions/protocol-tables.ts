import * as v from 'valibot'
import { isFinalClose } from '#protocol/close-codes.js'
import { closeCodes } from '#protocol/codes.js'
import { messageShapes } from '#protocol/message.js'
import { requestShapes, reservedMembers } from '#protocol/request.js'

/** The headings, and the rows below. */
type Table = readonly [string[], string[][]]
type Entries = Readonly<Record<string, v.GenericSchema>>

const headings = ['Member', 'JSON', 'Dialect', 'Meaning']

export function requestTable(): Table {
  const reserved = reservedMembers.map((name) => `\`${name}\``).join(', ')
  const last = ['any', reserved, '', '`sluice.v1`', 'Reserved: an error (`not_supported`) until it does something.']
  return [
    ['Request', ...headings],
    [...requestShapes.flatMap(({ entries }) => memberRows(entries)), last],
  ]
}

export function messageTable(): Table {
  return [['Message', ...headings], messageShapes.flatMap(({ entries }) => memberRows(entries))]
}

export function closeTable(): Table {
  const rows = Object.entries(closeCodes).map(([name, { code, reason }]) => {
    return [String(code), `\`${name}\``, reason, isFinalClose(code) ? 'no' : 'yes']
  })
  return [['Code', 'Name', 'Reason', 'Connect again'], rows]
}

/** A row for each member but the type, which stands before the first. */
function memberRows({ type, ...members }: Entries): string[][] {
  const name = `\`${(type as v.LiteralSchema<string, undefined>).literal}\``
  return Object.entries(members).map(([member, schema], index) => {
    const isOptional = schema.type === 'optional'
    const said = isOptional ? (schema as v.OptionalSchema<v.GenericSchema, undefined>).wrapped : schema
    const isAddition = isOptional || v.getMetadata(said)['isAddition'] === true
    return [index === 0 ? name : '', `\`${member}\``, jsonType(said), isAddition ? '`sluice.v1`' : 'both', v.getDescription(said) ?? '']
  })
}

function jsonType(schema: v.GenericSchema): string {
  if (schema.type === 'union') return (schema as v.UnionSchema<v.GenericSchema[], undefined>).options.map(jsonType).join(' or ')
  if (schema.type === 'array') return 'list'
  if (schema.type === 'picklist') return 'string'
  return schema.type === 'custom' ? 'object' : schema.type
}
