import type { Variable } from './variable.js'

/** What all nodes are told by topics of Kafka, each compacted and of one partition; in the embedded default by topics in memory. */
export const controlVariables = {
  POLICY_TOPIC: {
    kind: 'topic',
    meaning: 'The topic that says who may see what, instead of `POLICY_FILE`: the policy stands under the key `policy`.',
  },
} as const satisfies Record<string, Variable>
