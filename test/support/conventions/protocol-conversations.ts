import { Connection } from '#gateway/deliver/connection/connection.js'
import type { Subprotocol } from '#protocol/dialect.js'
import { writeRequest, type Request } from '#protocol/request.js'
import { ConnectionFixture, identity } from '../gateway/connection-fixture.js'
import { fakeAudience, fakeEvent, fakeRights, lastingRights } from '../gateway/fake-rights.js'
import { FakeTransport } from '../gateway/fake-transport.js'

const entity_id = 'order-1001'
/** As in what people write. */
const columnsMax = 140

class ConversingClient {
  readonly lines: string[] = []
  private readonly fixture = new ConnectionFixture()
  private readonly transport = new FakeTransport()
  private readonly connection: Connection

  constructor(subprotocol: Subprotocol | undefined) {
    const rights = lastingRights(fakeRights([fakeAudience('order')]))
    const expiresAtMs = this.fixture.clock.now() + 3_600_000
    this.connection = new Connection(identity({ subprotocol, expiresAtMs }), rights, this.transport, this.fixture.context)
    this.hear('the first message')
  }

  ask(request: Request): void {
    const text = writeRequest(request)
    this.lines.push('', '// client', text)
    this.connection.receiveText(text)
    this.hear('the answer')
  }

  receiveUpdate(): void {
    const json = { status: 'PAID' }
    this.fixture.publish(fakeEvent({ entityId: entity_id, json, timestampMs: Date.UTC(2026, 0, 1, 12) }))
    this.lines.push('')
    this.hear('whenever the entity changes')
  }

  private hear(when: string): void {
    this.fixture.clock.tick()
    this.lines.push(`// server: ${when}`, ...this.transport.received.splice(0).flatMap(folded))
  }
}

/** A text that is wider than a page, in lines that break between members. */
function folded(json: string): string[] {
  const lines = ['']
  for (const member of json.split(/(?<=,)(?=")/)) {
    if (lines.at(-1)!.length + member.length > columnsMax) lines.push('  ')
    lines[lines.length - 1] += member
  }
  return lines
}

/** What a client asks for, or that the order changes. */
type Step = Request | 'change'

const unsubscribe: Request = { type: 'unsubscribe', entity_id }

/** What a client and a connection of the gateway say to each other, as it was sent: code of the manual, by its name there. */
export const protocolConversations: Readonly<Record<string, string>> = {
  'conversation-seed': conversation(undefined, [{ type: 'subscribe', entity_id }, 'change', unsubscribe, unsubscribe]),
  'conversation-v1': conversation('sluice.v1', [
    { type: 'subscribe', entity_id, entity_type: 'order', ref: 7 },
    'change',
    { type: 'subscribe', entity_id: 'invoice-1', entity_type: 'invoice', ref: 8 },
  ]),
}

function conversation(subprotocol: Subprotocol | undefined, steps: readonly Step[]): string {
  const client = new ConversingClient(subprotocol)
  for (const step of steps) {
    if (step === 'change') client.receiveUpdate()
    else client.ask(step)
  }
  return ['```jsonc', ...client.lines, '```'].join('\n')
}
