import { test } from 'tap'
import { bearerHeaders } from '#protocol/credentials.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { until } from './support/kafka/source-reader.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { refusedUpgrade, WsClient } from './support/clients/ws-client.js'

async function headersOf(sub: string): Promise<{ headers: { authorization: string } }> {
  return { headers: bearerHeaders(await signedToken({ sub, roles: ['support'] })) }
}

void test('one user cannot keep all others out, neither by many clients nor by one that connects again and again', async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret, CONNECTIONS_MAX: '30' })
  const at = (clientId: string) => `${gateway.url!}/ws/${clientId}`
  const [greedy, other] = [await headersOf('greedy'), await headersOf('other')]
  for (const id of ['a', 'b', 'c']) await WsClient.connect(at(id), greedy)
  const refusal = await refusedUpgrade(at('d'), greedy)
  t.match(refusal, { status: 429, body: { error: 'too_many_connections_of_user' }, headers: { 'retry-after': /^\d+$/ } })
  const restless = await headersOf('restless')
  let accepted = 0
  // Its own limit of sockets ends the loop: closed ones count for some seconds more.
  const connectAgain = () =>
    WsClient.connect(at('same'), restless).then(
      () => ++accepted > 0,
      () => false,
    )
  while (await connectAgain());
  t.equal(accepted, 6)
  const { socket } = await WsClient.connect(at('x'), other)
  t.equal(socket.readyState, socket.OPEN, 'another user comes in all the same')
  const counted = /sluice_upgrades_refused_total\{error="too_many_connections_of_user"\} (\d+)/
  await until('both refusals are counted', async () => counted.exec(await gateway.metrics())?.[1] === '2', 10_000)
  t.equal(await gateway.stop(), 0)
})
