import { signal } from '@preact/signals'
import type { SessionAnswer } from '../answers.js'

// The key of whoever looks, in memory: the address has it for a moment after the terminal's link was opened. The shop's key, which is gone
// when its process ends, also survives that the page is loaded again.

const kept = 'sluice-console-key'

/** `none`: no key is known, or it was refused. */
export type SessionState =
  | { readonly status: 'asking' }
  | { readonly status: 'none'; readonly why: string | undefined }
  | { readonly status: 'open'; readonly answer: SessionAnswer }

export const session = signal<SessionState>({ status: 'asking' })

let key: string | undefined

/** What the admin port answered instead of what was asked for. */
export class AskError extends Error {
  override readonly name = 'AskError'

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** What has become of what was asked, for people. */
export function sentenceOf(error: unknown): string {
  return error instanceof AskError ? error.message : 'The admin port does not answer.'
}

/** Undefined before the port has answered. */
export function placeNow(): SessionAnswer['place'] | undefined {
  return session.value.status === 'open' ? session.value.answer.place : undefined
}

export async function beginSession(): Promise<void> {
  const fragment = /^#k=(.+)$/.exec(location.hash)?.[1]
  if (fragment !== undefined) history.replaceState(undefined, '', location.pathname)
  const found = fragment ?? sessionStorage.getItem(kept) ?? undefined
  if (found === undefined) session.value = { status: 'none', why: undefined }
  else await openSession(found, false)
}

/** @param remember also when the page is loaded again, in this tab. */
export async function openSession(token: string, remember: boolean): Promise<void> {
  key = token
  try {
    const answer = await ask<SessionAnswer>('session')
    if (remember || answer.place !== 'gateway') sessionStorage.setItem(kept, token)
    session.value = { status: 'open', answer }
  } catch (error) {
    // Whoever is only not heard now has a key that may still be good.
    if (error instanceof AskError && error.status === 401) sessionStorage.removeItem(kept)
    key = undefined
    session.value = { status: 'none', why: sentenceOf(error) }
  }
}

/** @param why as a sentence. */
export function endSession(why: string | undefined): void {
  key = undefined
  sessionStorage.removeItem(kept)
  session.value = { status: 'none', why }
}

/** Integers of more digits than JavaScript's numbers have are bigints here, and numbers in JSON. */
function exactText(body: object): string {
  const mark = '\u0000'
  const text = JSON.stringify(body, (_name, value: unknown) => (typeof value === 'bigint' ? `${mark}${value}` : value))
  return text.replace(/"\\u0000(-?\d+)"/g, '$1')
}

/** The admin port reads two megabytes, and hangs up on whoever sends more. */
const sentMax = 2_000_000

/** @throws AskError; TypeError where nobody answers. */
export async function ask<T>(path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { Authorization: `Bearer ${key ?? ''}` }
  const text = body && exactText(body)
  if (text !== undefined && text.length > sentMax)
    throw new AskError(413, `This has ${text.length} characters; no more than ${sentMax} are sent.`)
  const answered = await (text === undefined
    ? fetch(`/api/${path}`, { headers })
    : fetch(`/api/${path}`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: text }))
  if (answered.ok) return (await answered.json()) as T
  const { message, error } = (await answered.json().catch(() => ({}))) as { message?: string; error?: string }
  throw new AskError(answered.status, message ?? error ?? `The admin port answered ${answered.status}.`)
}
