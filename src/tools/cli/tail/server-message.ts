import * as v from 'valibot'

/** Members that are unknown are dropped, so that a later server can say more. */
const schema = v.variant('type', [
  v.object({ type: v.literal('connection_established') }),
  v.object({ type: v.literal('subscription_success'), entity_id: v.string() }),
  v.object({
    type: v.literal('entity_update'),
    entity_id: v.string(),
    entity_type: v.string(),
    operation: v.string(),
    timestamp: v.optional(v.string()),
  }),
  v.object({ type: v.literal('error'), message: v.string(), code: v.optional(v.string()) }),
])

export type ServerMessage = v.InferOutput<typeof schema>
export type UpdateMessage = Extract<ServerMessage, { type: 'entity_update' }>

/** Undefined for what is no message that the tail knows. An update's `data` is read from the text (`leafTextsOf`). */
export function parseServerMessage(text: string): ServerMessage | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
