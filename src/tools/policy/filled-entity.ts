import type { AvroNode, LogicalType, RecordNode, ScalarNode } from '#avro/schema/avro-schema.js'

// Makes of what some people are shown of an entity one that a case can judge. Enters: JSON as clients see it, with parts left out. Leaves:
// the same with a plain value wherever something is missing: 0, "", the first symbol, a list of nothing.

/** @param shown undefined where nothing of it is known. */
export function filledEntity(node: AvroNode, shown: unknown, outer: readonly AvroNode[] = []): unknown {
  switch (node.kind) {
    case 'record':
      return filledRecord(node, membersOf(shown), [...outer, node])
    case 'array':
      return Array.isArray(shown) ? shown.map((item) => filledEntity(node.items, item ?? undefined, outer)) : []
    case 'map':
      return Object.fromEntries(Object.entries(membersOf(shown)).map(([key, value]) => [key, filledEntity(node.values, value, outer)]))
    case 'union':
      return filledBranch(node.branches, shown, outer)
    default:
      return shown === undefined ? plainScalar(node) : shown
  }
}

function filledRecord({ fields }: RecordNode, shown: Readonly<Record<string, unknown>>, outer: readonly AvroNode[]): object {
  const data = fields.filter(({ isMark }) => isMark !== true)
  return Object.fromEntries(
    data.map(({ name, type }) => [name, filledEntity(type, Object.hasOwn(shown, name) ? shown[name] : undefined, outer)]),
  )
}

/** What is missing is nothing where it may be, and never a record that would have to hold itself. */
function filledBranch(branches: readonly AvroNode[], shown: unknown, outer: readonly AvroNode[]): unknown {
  const fitting = branches.filter((branch) => shown === undefined || fits(branch, shown))
  const [plain] = fitting.sort((one, other) => rank(one, outer) - rank(other, outer))
  return plain === undefined ? shown : filledEntity(plain, shown, outer)
}

/** Whether it may be a part of such a value. */
function fits(node: AvroNode, shown: unknown): boolean {
  switch (node.kind) {
    case 'record':
      return (
        isObject(shown) &&
        Object.entries(shown).every(([name, value]) => node.fields.some((field) => field.name === name && fits(field.type, value)))
      )
    case 'array':
      return Array.isArray(shown) && shown.every((item) => item === null || fits(node.items, item))
    case 'map':
      return isObject(shown) && Object.values(shown).every((value) => fits(node.values, value))
    case 'union':
      return node.branches.some((branch) => fits(branch, shown))
    default:
      return fitsScalar(node, shown)
  }
}

function fitsScalar(node: ScalarNode, shown: unknown): boolean {
  if (node.kind === 'null') return shown === null
  if (node.kind === 'boolean') return typeof shown === 'boolean'
  if (node.kind === 'enum') return node.symbols.includes(shown as string)
  const isNumber = ['int', 'long', 'float', 'double'].includes(node.kind) && !('logical' in node && node.logical !== undefined)
  // NaN and infinities are shown as null.
  return isNumber ? ['number', 'bigint'].includes(typeof shown) || shown === null : typeof shown === 'string'
}

function rank(node: AvroNode, outer: readonly AvroNode[]): number {
  return node.kind === 'null' ? 0 : outer.includes(node) ? 2 : 1
}

function plainScalar(node: ScalarNode): unknown {
  if ('logical' in node && node.logical !== undefined) return plainLogical(node.logical)
  switch (node.kind) {
    case 'null':
      return null
    case 'boolean':
      return false
    case 'enum':
      return node.symbols[0]
    case 'fixed':
      return Buffer.alloc(node.size).toString('base64')
    case 'variable-decimal':
      return '0'
    default:
      return node.kind === 'string' || node.kind === 'bytes' ? '' : 0
  }
}

function plainLogical(logical: LogicalType): string {
  switch (logical.kind) {
    case 'date':
      return '2000-01-01'
    case 'time':
      return `00:00:00.${'0'.repeat(logical.digits)}`
    case 'timestamp':
      return `2000-01-01T00:00:00.${'0'.repeat(logical.digits)}${logical.local ? '' : 'Z'}`
    case 'decimal':
      return logical.scale > 0 ? `0.${'0'.repeat(logical.scale)}` : '0'
    case 'duration':
      return 'P0D'
    case 'uuid':
      return '00000000-0000-0000-0000-000000000000'
    case 'instant':
      return '2000-01-01T00:00:00Z'
  }
}

function membersOf(shown: unknown): Readonly<Record<string, unknown>> {
  return isObject(shown) ? shown : {}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
