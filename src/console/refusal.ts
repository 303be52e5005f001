import { ConfigurationError } from '#errors.js'
import { type AdminAnswer, AdminRefusal, type AdminRequest, type AdminRoute, jsonAnswer } from '#gateway/observe/admin-answer.js'

/** Why the console does not do what it is asked: the status of the answer, and the sentence that people are told unless there is a better. */
const refusals = {
  body_invalid: [400, 'The body has another shape than this is asked with.'],
  /** What is asked for does not fit the schemas, the policy or the token, as the sentence says. */
  unusable: [400, 'This cannot be done.'],
  token_missing: [401, 'The console needs a token.'],
  token_wrong: [401, 'This token is not known here.'],
  host_unknown: [403, 'The console is asked by an address, by localhost, or by a name that ADMIN_HOSTS names.'],
  origin_foreign: [403, 'Another page has sent this.'],
  right_missing: [403, 'This token has not the right for this.'],
  not_sample: [403, 'Only the sample shop does this.'],
  not_connected: [404, 'This client is not connected any more.'],
  type_unknown: [404, 'No schema of this type is known.'],
  too_large: [413, 'This is too large.'],
  not_json: [415, 'The body must be application/json.'],
  busy: [429, 'Another text is being tried out; try again in a moment.'],
  too_many_wrong_tokens: [429, 'Too many wrong tokens came from this address.'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>

/** @param headers of HTTP, beside those that belong to the status. */
export function refusal(
  error: keyof typeof refusals,
  message: string = refusals[error][1],
  headers: AdminAnswer['headers'] = {},
): AdminRefusal {
  const [status] = refusals[error]
  const own = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}
  return new AdminRefusal({ ...jsonAnswer(status, { error, message }), headers: { ...own, ...headers } })
}

/** A route that says what cannot be done as it is said to people who write files. */
export function answered(route: (request: AdminRequest) => Promise<AdminAnswer>): AdminRoute {
  return async (request) => {
    try {
      return await route(request)
    } catch (error) {
      throw error instanceof ConfigurationError ? refusal('unusable', error.message) : error
    }
  }
}
