import type { ServerMessage } from '#protocol/message.js'

/** What a request of a client is about. */
export interface About {
  readonly entity_id: string
  readonly entity_type?: string | undefined
  readonly ref?: string | number | undefined
}

export function failure(code: string, about: Partial<About> & { readonly subscription?: string }): ServerMessage {
  const { entity_id, entity_type, subscription, ref } = about
  return { type: 'error', message: code, code, entity_id, entity_type, subscription, ref }
}
