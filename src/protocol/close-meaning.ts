import { closeCodes, httpErrors } from './codes.js'

/** The standard's codes (RFC 6455 and IANA's registry). */
const standardCodes: Readonly<Record<number, string>> = {
  1000: 'the server has ended the connection',
  1001: 'the server is going away',
  1002: 'the protocol was broken',
  1005: 'the connection was closed without a reason',
  1006: 'the connection was lost',
  1009: 'a message was too big',
  1011: 'the server met an error',
  1012: 'the server is restarting',
  1013: 'the server asks to try again later',
  1014: 'a proxy could not reach the server',
}

/** What a close without a reason means; undefined for codes that nobody knows. */
export function closeWords(code: number): string | undefined {
  const refusal = Object.values(httpErrors).find((error) => 'close' in error && error.close === code)
  return Object.values(closeCodes).find((close) => close.code === code)?.reason ?? refusal?.message ?? standardCodes[code]
}
