import type { Operation } from '#entities.js'

/** What somebody could see of an entity's version before an event; `none` where there was no version. */
export type SeenBefore = 'none' | 'nothing' | 'something'

/**
 * What an event is to somebody who may see some of it: what happened to the entity, or to what they see of it.
 * @param own what happened to the entity itself.
 */
export function toldOperation(own: Operation, before: SeenBefore, showsSome: true): Operation
/** Undefined where nothing is told. */
export function toldOperation(own: Operation, before: SeenBefore, showsSome: boolean): Operation | undefined
export function toldOperation(own: Operation, before: SeenBefore, showsSome: boolean): Operation | undefined {
  if (!showsSome) return before === 'something' ? 'delete' : undefined
  return before === 'nothing' ? 'create' : own
}
