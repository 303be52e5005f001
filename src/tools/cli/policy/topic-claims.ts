import { claimAt } from '#policy/claim-path.js'
import { readClaims } from '#policy/control/claims-record.js'
import type { Claims } from '#policy/rights.js'
import type { Rule } from '#policy/rules/rule.js'
import { claimsOf } from '../../policy/condition-text.js'
import type { ControlTopicClient } from '../control/control-topic.js'

/** A claim that a rule asks for, and of how many users the claims' topic decides it. */
export interface TopicClaim {
  readonly role: string
  readonly rule: string
  readonly claim: string
  readonly users: number
}

/** Those of these rules that hang on claims from the topic. @throws UnavailableError, ConfigurationError */
export async function topicClaimsOf(rulesByRole: ReadonlyMap<string, readonly Rule[]>, topic: ControlTopicClient): Promise<TopicClaim[]> {
  const byUser = new Map<string, Claims>()
  await topic.read(({ key, value }) => {
    const claims = value === null ? undefined : readClaims(value.toString())
    if (claims === undefined) byUser.delete(String(key))
    else byUser.set(String(key), claims)
  })
  const usersWith = (claim: string) => [...byUser.values()].filter((claims) => claimAt(claims, claim) !== undefined).length
  return [...rulesByRole].flatMap(([role, rules]) =>
    rules.flatMap(({ place, condition }) =>
      (condition === undefined ? [] : claimsOf(condition)).flatMap((claim) => {
        const users = usersWith(claim)
        return users === 0 ? [] : [{ role, rule: place.toString(), claim, users }]
      }),
    ),
  )
}
