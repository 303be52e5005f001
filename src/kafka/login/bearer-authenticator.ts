import { isBearerToken, type AskToken } from '#login/secret.js'

/** One exchange of a login, as kafkajs offers it to mechanisms that are not its own. */
export interface Exchange {
  readonly saslAuthenticate: (asked: {
    readonly request: { readonly encode: () => Buffer }
    readonly response: { readonly decode: (bytes: Buffer) => Buffer; readonly parse: (bytes: Buffer) => Buffer }
  }) => Promise<Buffer | undefined>
}

/**
 * OAUTHBEARER (RFC 7628). kafkajs's own takes a broker's refusal for its consent, as both are an answer: the connection then breaks off
 * with the first question, and nothing says why.
 */
export function bearerAuthenticator(token: AskToken) {
  return ({ saslAuthenticate }: Exchange) => ({
    async authenticate(): Promise<void> {
      const text = await token()
      if (!isBearerToken(text)) throw new Error('what was to be the token for Kafka is none')
      const request = framed(Buffer.from(`n,,\x01auth=Bearer ${text}\x01\x01`))
      const answer = await saslAuthenticate({ request: { encode: () => request }, response: { decode: unframed, parse: (bytes) => bytes } })
      if (answer !== undefined && answer.length > 0) throw new Error(`the broker refuses the token: ${answer.toString()}`)
    },
  })
}

/** Kafka's protocol writes the bytes of SASL behind their length. */
function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function unframed(bytes: Buffer): Buffer {
  return bytes.subarray(4)
}
