import { test } from 'tap'
import type { AskToken } from '#login/secret.js'
import { bearerAuthenticator } from '#kafka/login/bearer-authenticator.js'

/** What is sent to a broker that answers with these bytes. */
async function logIn(token: AskToken, answer: string): Promise<string> {
  let sent: Buffer = Buffer.alloc(0)
  const framed = Buffer.concat([Buffer.alloc(4), Buffer.from(answer)])
  framed.writeInt32BE(answer.length)
  await bearerAuthenticator(token)({
    saslAuthenticate: ({ request, response }) => {
      sent = request.encode()
      return Promise.resolve(response.parse(response.decode(framed)))
    },
  }).authenticate()
  return `${sent.readInt32BE(0)} ${sent.toString('utf8', 4)}`
}

test('sends the token as RFC 7628 has it', async (t) => {
  t.equal(await logIn(() => 'a.b-c_~+/9==', ''), '30 n,,\x01auth=Bearer a.b-c_~+/9==\x01\x01')
  t.equal(await logIn(() => Promise.resolve('abc'), ''), '21 n,,\x01auth=Bearer abc\x01\x01')
})

test('takes what a broker answers for its refusal', async (t) => {
  await t.rejects(
    logIn(() => 'abc', '{"status":"invalid_token"}'),
    { message: 'the broker refuses the token: {"status":"invalid_token"}' },
  )
})

test('sends nothing that is no token, and does not show it', async (t) => {
  for (const text of ['', 'two words', 'line\nbreak', 'abc\x01auth=x', '{"access_token":"abc"}', '='])
    await t.rejects(
      logIn(() => text, ''),
      { message: 'what was to be the token for Kafka is none' },
      JSON.stringify(text),
    )
})
