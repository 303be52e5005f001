import { Connection } from '#gateway/deliver/connection/connection.js'
import type { Subprotocol } from '#protocol/dialect.js'
import type { UpdateMessage } from '#protocol/message.js'
import { writeRequest, type Request } from '#protocol/request.js'
import { ConnectionFixture, identity } from '../gateway/connection-fixture.js'
import { fakeAudience, fakeEvent, fakeRights, lastingRights } from '../gateway/fake-rights.js'
import { FakeTransport } from '../gateway/fake-transport.js'
import { StatefulGateway, type StatefulClient } from '../gateway/stateful-gateway.js'

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
    lines.push(lines.pop()! + member)
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
  'conversation-state': await stateConversation(),
  'conversation-collection': await collectionConversation(),
}

function conversation(subprotocol: Subprotocol | undefined, steps: readonly Step[]): string {
  const client = new ConversingClient(subprotocol)
  for (const step of steps) {
    if (step === 'change') client.receiveUpdate()
    else client.ask(step)
  }
  return codeOf(client.lines)
}

/** Of a page that begins, is away and goes on, with a gateway that knows the latest versions. */
async function stateConversation(): Promise<string> {
  const gateway = await StatefulGateway.start()
  const page = { entity_id, entity_type: 'order' } as const
  const lines: string[] = []
  let client: StatefulClient | undefined
  const hear = async (when: string) => {
    await gateway.settle()
    lines.push(`// server: ${when}`, ...client!.transport.received.splice(0).flatMap(folded), '')
  }
  const ask = async (request: Request, then: string) => {
    client = gateway.connect({ roles: ['some'] })
    await gateway.settle()
    client.transport.received.length = 0
    lines.push('// client', writeRequest(request))
    client.ask(request)
    await hear(then)
  }
  const write = (status: string, second: number) => gateway.write(entity_id, { status }, Date.UTC(2026, 0, 1, 12, 0, second))
  write('NEW', 0)
  await ask({ type: 'subscribe', ...page, snapshot: true }, 'the answer, the order as it is, and that this was all')
  write('PAID', 1)
  await gateway.settle()
  const cursor = (JSON.parse(client!.transport.received.at(-1)!) as UpdateMessage).cursor!
  await hear('whenever the order changes')
  client!.leave()
  lines.push('// the connection is lost, and the order changes twice', '')
  write('PACKED', 2)
  write('SHIPPED', 3)
  await ask({ type: 'subscribe', ...page, since: cursor }, 'the answer, and what came meanwhile')
  return codeOf(lines.slice(0, -1))
}

/** Of a page with a list, which orders leave and enter. */
async function collectionConversation(): Promise<string> {
  const gateway = await StatefulGateway.start()
  const write = (id: string, status: string, second: number) => gateway.write(id, { status }, Date.UTC(2026, 0, 1, 12, 0, second))
  write('order-1001', 'PAID', 0)
  write('order-1002', 'NEW', 0)
  const client = gateway.connect({ roles: ['some'] })
  await gateway.settle()
  client.transport.received.length = 0
  const lines: string[] = []
  const hear = async (when: string) => {
    await gateway.settle()
    const heard = client.transport.received.splice(0)
    lines.push(`// server: ${when}`, ...heard.flatMap(folded), '')
    return heard
  }
  const ask = (request: Request) => {
    lines.push('// client', writeRequest(request))
    client.ask(request)
  }
  ask({ type: 'subscribe', entity_type: 'order', where: { status: 'PAID' }, fields: ['id', 'status'], snapshot: true, ref: 1 })
  const [success] = await hear('the answer, what passes the filter now, and that this was all')
  write('order-1002', 'PAID', 1)
  await hear('another order enters')
  write('order-1001', 'SHIPPED', 2)
  await hear('the first one leaves')
  const { subscription } = JSON.parse(success!) as { subscription: string }
  ask({ type: 'unsubscribe', subscription })
  await hear('the answer')
  return codeOf(lines.slice(0, -1))
}

function codeOf(lines: readonly string[]): string {
  return ['```jsonc', ...lines, '```'].join('\n')
}
