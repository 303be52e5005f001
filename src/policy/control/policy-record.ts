import { createHash } from 'node:crypto'

/** The key under which a topic has the policy. */
export const policyKey = 'policy'

/** The header that says which policy a record replaces, by `policyHash`; of the first one it is empty. */
export const replacesHeader = 'sluice-replaces'

/** By which a policy's text is told from others. */
export function policyHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
