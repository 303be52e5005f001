import { sampleUsers, type SampleUser } from '#sample/users.js'
import { exactJson } from '#text/exact-json.js'
import { leafTextsOf, type LeafTexts } from '#tools/cli/tail/leaf-texts.js'
import { auditor, sentBySample } from './sample-gateway.js'

export const orderId = 'order-1001'

/** By then the order was created and paid. */
const paidAfterMs = 2_000

/** The order's latest update as the gateway sent it to one user: its fields by their paths. */
export interface OrderView {
  readonly user: SampleUser
  readonly fields: LeafTexts
}

export interface OrderViews {
  readonly published: LeafTexts
  readonly views: readonly OrderView[]
}

export async function orderViews(): Promise<OrderViews> {
  const users = [auditor, ...sampleUsers.map(({ claims }) => claims)]
  const visit = { afterMs: 0, staysMs: paidAfterMs, request: { type: 'subscribe', entity_id: orderId } } as const
  const [published, ...others] = await sentBySample(users, visit)
  return { published: latest(published!), views: sampleUsers.map((user, index) => ({ user, fields: latest(others[index]!) })) }
}

function latest(received: readonly string[]): LeafTexts {
  const text = received.findLast((text) => text.includes('"entity_update"'))!
  return leafTextsOf((exactJson(text) as { readonly data: object }).data)
}
