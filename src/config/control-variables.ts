import type { Variable } from './variable.js'

const mib = 1024 * 1024

/** What all nodes are told by topics of Kafka, each compacted and of one partition; in the embedded default by topics in memory. */
export const controlVariables = {
  POLICY_TOPIC: {
    kind: 'topic',
    meaning: 'The topic that says who may see what, instead of `POLICY_FILE`: the policy stands under the key `policy`.',
  },
  CLAIMS_TOPIC: {
    kind: 'topic',
    meaning:
      'The topic that says what tokens do not: under the identity of each user an object of claims. A claim is looked for there first, then in the token.',
  },
  CLAIMS_TOPIC_ONLY: {
    kind: 'text',
    meaning: 'Claims that never come from tokens, separated by commas, each with all that it holds.',
  },
  CLAIMS_BYTES_MAX: {
    kind: 'integer',
    default: String(128 * mib),
    min: mib,
    max: 16_384 * mib,
    unit: 'bytes',
    meaning:
      'What the claims of all users may take, each user with their identity and 100 bytes besides. Enough for 300,000 users with 300 bytes. Whoever does not fit has no rights.',
  },
  REVOCATIONS_TOPIC: {
    kind: 'topic',
    meaning:
      'The topic that says which tokens are void though they are good: under `sub:` and an identity those from before a time, under `jti:` and a token’s id that one.',
  },
} as const satisfies Record<string, Variable>
