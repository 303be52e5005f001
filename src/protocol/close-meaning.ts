import { closeCodes, httpErrors } from './codes.js'

/** The protocol's own codes from here on say that the same connection would end the same way. */
const finalCodesFrom = 4500
const ownCodesFrom = 4000

/** The standard's codes (RFC 6455 and IANA's registry); those without `final` pass by themselves. */
const standardCodes: Readonly<Record<number, { readonly words: string; readonly final?: true }>> = {
  1000: { words: 'the server has ended the connection', final: true },
  1001: { words: 'the server is going away' },
  1002: { words: 'the protocol was broken', final: true },
  1005: { words: 'the connection was closed without a reason' },
  1006: { words: 'the connection was lost' },
  1009: { words: 'a message was too big', final: true },
  1011: { words: 'the server met an error' },
  1012: { words: 'the server is restarting' },
  1013: { words: 'the server asks to try again later' },
  1014: { words: 'a proxy could not reach the server' },
}

/** Whether a client that was closed so should not connect again before something is changed. So it is with codes that nobody knows. */
export function isFinalClose(code: number): boolean {
  if (code >= ownCodesFrom) return code >= finalCodesFrom
  const known = standardCodes[code]
  return known === undefined || known.final === true
}

/** What a close without a reason means; undefined for codes that nobody knows. */
export function closeWords(code: number): string | undefined {
  const refusal = Object.values(httpErrors).find((error) => 'close' in error && error.close === code)
  return Object.values(closeCodes).find((close) => close.code === code)?.reason ?? refusal?.message ?? standardCodes[code]?.words
}
