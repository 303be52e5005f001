import type { TokenVerifier } from '#gateway/authenticate/token-verifier.js'

/** A node of which no test asks who it is, or for another token. */
export const loneNode: { readonly node: string; readonly verifier: TokenVerifier } = {
  node: 'node-1',
  verifier: { verify: () => Promise.resolve('token_invalid') },
}
