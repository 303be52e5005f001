import { isDeepStrictEqual } from 'node:util'
import type { PromisedSetting, PromisedValue, PromiseKind, Promises } from './promises.js'

/** What a later version does not keep of what an earlier one promised. */
export interface BrokenPromise {
  readonly kind: PromiseKind
  readonly name: string
  /** One sentence. */
  readonly how: string
}

/**
 * By kind: what becomes of a promise that is there still, but another. Undefined where whoever relied on it can rely on it further. All others
 * must stay as they are.
 */
const changes: Partial<Record<PromiseKind, (before: never, now: never) => string | undefined>> = {
  settings: changedSetting,
  requests: (before: string, now: string) => (before === 'optional' && now === 'required' ? 'must be there, which it need not' : undefined),
  messages: (before: string, now: string) =>
    before === 'required' && now === 'optional' ? 'may be missing, which it never was' : undefined,
}

export function brokenPromises(before: Promises, now: Promises): BrokenPromise[] {
  const kinds = Object.keys(before) as PromiseKind[]
  return [...kinds.flatMap((kind) => brokenOf(kind, before[kind], now[kind])), ...newlyRequired(before, now)]
}

function brokenOf(kind: PromiseKind, before: Promises[PromiseKind], now: Promises[PromiseKind] | undefined): BrokenPromise[] {
  return Object.entries(before).flatMap(([name, promised]) => {
    const how = now?.[name] === undefined ? 'is gone' : changeOf(kind, promised, now[name])
    return how === undefined ? [] : [{ kind, name, how }]
  })
}

function changeOf(kind: PromiseKind, before: PromisedValue, now: PromisedValue): string | undefined {
  const change = changes[kind]
  if (change !== undefined) return change(before as never, now as never)
  return isDeepStrictEqual(before, now) ? undefined : `is ${JSON.stringify(now)}, and was ${JSON.stringify(before)}`
}

/** Requests that were good must stay so. */
function newlyRequired(before: Promises, now: Promises): BrokenPromise[] {
  const types = new Set(Object.keys(before.requests).map((name) => name.split('.')[0]))
  return Object.entries(now.requests)
    .filter(([name, is]) => is === 'required' && before.requests[name] === undefined && types.has(name.split('.')[0]))
    .map(([name]) => ({ kind: 'requests', name, how: 'must be there, which nobody knew of' }))
}

/** A value that was good must stay so, and whoever has set none must find all as it was. */
function changedSetting(before: PromisedSetting, now: PromisedSetting): string | undefined {
  if (before.kind !== now.kind) return `is of another kind: ${now.kind}, and was ${before.kind}`
  if (before.default !== now.default) return `is ${now.default ?? 'nothing'} by itself, and was ${before.default ?? 'nothing'}`
  if ((now.min ?? -Infinity) > (before.min ?? -Infinity)) return `is ${now.min} at least, and was ${before.min ?? 'anything'}`
  if ((now.max ?? Infinity) < (before.max ?? Infinity)) return `is ${now.max} at most, and was ${before.max ?? 'anything'}`
  const gone = before.choices?.filter((choice) => !now.choices?.includes(choice)) ?? []
  return gone.length === 0 ? undefined : `cannot be ${gone.join(', ')} any more`
}
