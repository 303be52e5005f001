import { createHash } from 'node:crypto'

/** The key under which a topic has the policy. */
export const policyKey = 'policy'

/** By which a policy's text is told from others. */
export function policyHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
