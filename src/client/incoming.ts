import { isJsonObject } from '#text/json-object.js'

/** Whatever a server says. Nothing of it is to be relied on: a later server may say it otherwise, and a broken one anything. */
export interface Incoming {
  readonly [member: string]: unknown
  readonly type?: unknown
}

/** The messages in a frame: one, or a list. Undefined for what can be no frame of a server. */
export function messagesIn(frame: unknown, parse: (text: string) => unknown): readonly Incoming[] | undefined {
  try {
    const json = parse(frame as string)
    const list: readonly unknown[] = Array.isArray(json) ? json : [json]
    return list.every(isJsonObject) ? list : undefined
  } catch {
    return undefined
  }
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** Zero for what is none, or is below it. */
export function amountIn(value: unknown): number {
  return Math.max(0, numberIn(value) ?? 0)
}
