import { readMessage } from '#protocol/message.js'
import { sampleUsers } from '#sample/users.js'
import { noColours } from '#tools/cli/paint.js'
import type { EntityChange } from '#tools/cli/tail/tail.js'
import { UpdateText } from '#tools/cli/tail/update-text.js'
import { orderId } from './order-views.js'
import { sentBySample } from './sample-gateway.js'

/** Who sees the least, so that it is short. */
const { claims } = sampleUsers.find(({ name }) => name === 'Wanda')!

/** What `sluice tail` prints of the sample shop's order to somebody who comes a while after it has opened: the order, then a change of it. */
export async function sampleTail(): Promise<string> {
  const visit = { afterMs: 1_400, staysMs: 1_000, request: { type: 'subscribe', entity_id: orderId, snapshot: true } } as const
  const [received] = await sentBySample([claims], visit)
  const text = new UpdateText(noColours)
  const updates = received!.map((json) => readMessage(json)).filter((message) => message?.type === 'entity_update')
  const lines = updates.map(({ entity_type: entityType, entity_id: entityId, ...rest }) =>
    text.render({ ...rest, entityType, entityId, missed: undefined } as EntityChange),
  )
  return ['```', `${lines.join('')}\`\`\``].join('\n')
}
