/** Every close code by its name, those by which a browser learns of a refusal among them: what a client must know to obey them. */
export const closeNumbers = {
  message_too_big: 1009,
  shutting_down: 4000,
  too_slow: 4001,
  internal_error: 4002,
  rights_changed: 4003,
  state_lost: 4004,
  starting: 4005,
  too_many_connections: 4006,
  too_many_connections_of_user: 4007,
  keys_unavailable: 4008,
  disconnected: 4009,
  busy: 4010,
  token_expired: 4500,
  replaced: 4501,
  flooded: 4502,
  revoked: 4503,
  token_invalid: 4504,
  token_missing: 4505,
  token_not_active: 4506,
  client_id_invalid: 4507,
  origin_forbidden: 4508,
} as const
/** What a client may tell people of a close. */
export type CloseCodeName = keyof typeof closeNumbers

/** The protocol's own codes from here on say that the same connection would end the same way. */
const finalCodesFrom = 4500
const ownCodesFrom = 4000
/**
 * Of the standard's codes (RFC 6455 and IANA's registry) those that pass by themselves: the server goes away, meets an error, restarts, asks
 * to try later; a proxy could not reach it; the connection was lost, with a reason or without.
 */
const passingStandardCodes: readonly number[] = [1001, 1005, 1006, 1011, 1012, 1013, 1014]

/** Whether a client that was closed so should not connect again before something is changed. So it is with codes that nobody knows. */
export function isFinalClose(code: number): boolean {
  return code >= ownCodesFrom ? code >= finalCodesFrom : !passingStandardCodes.includes(code)
}

/** Undefined for the standard's codes but one, and for codes that nobody knows. */
export function closeNameOf(code: number): CloseCodeName | undefined {
  return (Object.keys(closeNumbers) as CloseCodeName[]).find((name) => closeNumbers[name] === code)
}
