import { fc } from '../running/seeded-properties.js'

/** What a peer sends on one socket, and how it leaves. */
export interface Conversation {
  readonly begins: readonly Buffer[]
  /** Sent only if it was let in. */
  readonly goesOn: readonly Buffer[]
  readonly leaves: 'end' | 'destroy' | 'reset'
}

const share = fc.double({ min: 0, max: 1, noNaN: true })
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
/** Characters that mean something in a head, and some that may not stand there. */
const odd = fc
  .array(fc.constantFrom(...'%2F%2e%00%zz%C3%A9%FF/?&=#.;,: \t"\\<>{}\u0000\u007fÿaZ0-_'.split('')), { maxLength: 30 })
  .map((characters) => characters.join(''))
/** Edge cases are what a generator likes best: with its bias hardly anybody would be let in. */
const often = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.tuple(fc.noBias(fc.nat(14)), other).map(([chance, unusual]) => (chance > 0 ? usual : unusual))

/** A request line with headers: whole and right, or nearly, or with much that is odd. */
function headOf(token: string): fc.Arbitrary<Buffer> {
  const credential = fc.oneof(
    fc.constant(token),
    odd,
    fc.nat(token.length).map((length) => token.slice(0, length)),
  )
  const subprotocol = fc.oneof(
    fc.constantFrom('sluice.v1', 'sluice.v1.batch', 'bearer.', 'bearer', ''),
    odd,
    fc.constant(`bearer.${token}`),
  )
  const header = fc.oneof(
    credential.map((value) => `Authorization: Bearer ${value}`),
    fc.array(subprotocol, { maxLength: 6 }).map((list) => `Sec-WebSocket-Protocol: ${list.join(',')}`),
    fc.tuple(odd, odd).map(([name, value]) => `${name}: ${value}`),
    fc.constantFrom('Content-Length: 5', 'Content-Length: -1', 'Transfer-Encoding: chunked', 'Expect: 100-continue', 'Host: y', ': ', 'x'),
    fc.constantFrom('Sec-WebSocket-Extensions: permessage-deflate', 'Origin: null', 'Connection: close', `X: ${'y'.repeat(17_000)}`),
  )
  return fc
    .record({
      method: often('GET', fc.constantFrom('POST', 'HEAD', 'get', 'PRI', '', 'G\u0000T')),
      path: fc
        .tuple(often('/ws/c', fc.constantFrom('/ws', '/ws//', '/healthz', '*', '', 'http://x/ws/')), often('', odd))
        .map((parts) => parts.join('')),
      query: often(
        '',
        fc.oneof(
          credential.map((value) => `?access_token=${value}`),
          odd,
        ),
      ),
      version: often('HTTP/1.1', fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP', '')),
      upgrade: often('Upgrade: websocket', fc.constantFrom('Upgrade: h2c', 'Upgrade: WebSocket, x', 'X: x')),
      key: often(
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        odd.map((key) => `Sec-WebSocket-Key: ${key}`),
      ),
      authorization: often(`Authorization: Bearer ${token}`, fc.constant('Accept: */*')),
      headers: often([], fc.array(header, { maxLength: 4 })),
      end: often('\r\n\r\n', fc.constantFrom('\r\n', '\n\n', '\r\r', '')),
    })
    .map(({ method, path, query, version, upgrade, key, authorization, headers, end }) => {
      const lines = ['Host: x', upgrade, 'Connection: Upgrade', 'Sec-WebSocket-Version: 13', key, authorization, ...headers]
      return Buffer.from(`${method} ${path}${query} ${version}\r\n${lines.join('\r\n')}${end}`, 'latin1')
    })
}

const payload = fc.oneof(
  bytes(200),
  fc
    .constantFrom('{"type":"subscribe","entity_id":"a"}', '{"type":"unsubscribe","entity_id":"a"}', '[]', 'é'.repeat(70))
    .map((text) => Buffer.from(text)),
  fc.integer({ min: 200, max: 70_000 }).map((length) => Buffer.alloc(length, 0x61)),
)

/** A client's frame (RFC 6455, 5.2), and what is none for its length, mask, bits or opcode. */
const frame = fc
  .record({
    first: often(0x81, fc.oneof(fc.nat(255), fc.constantFrom(0x01, 0x00, 0x80, 0x82, 0x88, 0x89, 0x8a))),
    isMasked: often(true, fc.constant(false)),
    mask: fc.constantFrom(0, 0x01020304),
    payload,
    claimed: fc.option(fc.oneof(fc.nat(300), fc.constantFrom(65_535, 65_536, 2 ** 31, 2 ** 53, 2 ** 63)), { freq: 8, nil: undefined }),
  })
  .map(({ first, isMasked, mask, payload, claimed }) => {
    const head = Buffer.alloc(14)
    const length = claimed ?? payload.length
    head[0] = first
    const size = length < 126 ? 2 : length < 65_536 ? 4 : 10
    head[1] = (isMasked ? 0x80 : 0) | (size === 2 ? length : size === 4 ? 126 : 127)
    if (size === 4) head.writeUInt16BE(length, 2)
    if (size === 10) head.writeBigUInt64BE(BigInt(length), 2)
    if (isMasked) head.writeUInt32BE(mask, size)
    const key = head.subarray(size, size + 4)
    const body = isMasked ? payload.map((byte, at) => byte ^ key[at % 4]!) : payload
    return Buffer.concat([head.subarray(0, isMasked ? size + 4 : size), body])
  })

/** Cuts some bytes out, or puts others in. */
function torn(whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const tear = fc.tuple(share, fc.nat(6), bytes(6))
  return fc.tuple(whole, tear).map(([all, [at, cut, put]]) => {
    const from = Math.floor(at * all.length)
    return Buffer.concat([all.subarray(0, from), put, all.subarray(from + cut)])
  })
}

function inPieces(whole: fc.Arbitrary<Buffer>): fc.Arbitrary<readonly Buffer[]> {
  return fc.tuple(whole, fc.array(share, { maxLength: 3 })).map(([all, cuts]) => {
    const ends = [...cuts.map((cut) => Math.floor(cut * all.length)).sort((a, b) => a - b), all.length]
    return ends.map((end, n) => all.subarray(n === 0 ? 0 : ends[n - 1], end))
  })
}

/** @param token one that is good */
export function arbitraryConversation(token: string): fc.Arbitrary<Conversation> {
  const head = headOf(token)
  const frames = fc.array(frame, { minLength: 1, maxLength: 6 }).map((all) => Buffer.concat(all))
  const early = fc.tuple(head, frames).map((parts) => Buffer.concat(parts))
  const begins = fc.oneof({ arbitrary: head, weight: 5 }, { arbitrary: torn(head), weight: 2 }, early, bytes(300))
  const goesOn = fc.oneof({ arbitrary: frames, weight: 3 }, torn(frames), bytes(100))
  return fc.tuple(inPieces(begins), inPieces(goesOn), fc.constantFrom('end' as const, 'destroy' as const, 'reset' as const)).map(shown)
}

/** Where a test fails it is shown so: byte by byte it would be pages. */
function shown([begins, goesOn, leaves]: [readonly Buffer[], readonly Buffer[], Conversation['leaves']]): Conversation {
  const textOf = (pieces: readonly Buffer[]) =>
    pieces
      .map((piece) => piece.toString('base64'))
      .join(' ')
      .slice(0, 6000)
  return { begins, goesOn, leaves, [fc.toStringMethod]: () => `${textOf(begins)} | ${textOf(goesOn)} | ${leaves}` } as Conversation
}
