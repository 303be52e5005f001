import type { SchemaChange } from '../../schema/compare/schema-changes.js'
import type { EntityDiff } from '../../schema/compare/schema-diff.js'
import type { Paint } from '../paint.js'
import { printable } from '#text/printable.js'

/** For people: a heading for each entity, a line for each change. */
export function diffText(diffs: readonly EntityDiff[], paint: Paint): string {
  if (diffs.length === 0) return 'They mean the same.\n'
  return diffs.map((diff) => entityText(diff, paint)).join('')
}

function entityText({ entityType, presence, changes }: EntityDiff, paint: Paint): string {
  const name = paint.strong(printable(entityType))
  if (presence === 'added') return `${paint.added('+')} ${name} is added\n`
  if (presence === 'removed') return `${paint.gone('-')} ${name} is removed\n`
  return `${name}\n${changes.map((change) => changeText(change, paint)).join('')}`
}

function changeText({ kind, path, what, breaks }: SchemaChange, paint: Paint): string {
  const mark = kind.endsWith('-added') ? paint.added('+') : kind.endsWith('-removed') ? paint.gone('-') : paint.changed('~')
  const broken = breaks.length > 0 ? ` ${paint.faint(`(breaks ${breaks.join(' and ')})`)}` : ''
  return `  ${mark} ${printable(`${path === '' ? 'the record' : path} ${what}`)}${broken}\n`
}

/** For machines: the entities that differ, with their changes. */
export function diffJson(diffs: readonly EntityDiff[]): string {
  const entities = diffs.map(({ entityType, presence, changes }) => ({
    entity_type: entityType,
    presence,
    changes: changes.map(({ kind, path, what, breaks, place }) => ({ kind, path, what, breaks, file: place.file })),
  }))
  return `${JSON.stringify({ entities }, undefined, 2)}\n`
}
