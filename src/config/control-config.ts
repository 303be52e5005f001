import { ConfigurationError } from '#errors.js'
import { reservedClaims } from '#policy/control/claims-record.js'
import type { Environment } from './environment.js'
import type { VariableName } from './variables.js'

/** The topics by which all nodes are told the same. */
export interface ControlConfig {
  readonly policyTopic?: string | undefined
  readonly claims?: ClaimsConfig | undefined
  readonly revocationsTopic?: string | undefined
}

export interface ClaimsConfig {
  readonly topic: string
  /** Paths of claims that never come from tokens. */
  readonly topicOnly: readonly string[]
  readonly bytesMax: number
}

const topicNames = ['POLICY_TOPIC', 'CLAIMS_TOPIC', 'REVOCATIONS_TOPIC'] as const satisfies readonly VariableName[]

/** @throws ConfigurationError */
export function readControlConfig(environment: Environment): ControlConfig {
  if (environment.isSet('POLICY_FILE') && environment.isSet('POLICY_TOPIC'))
    throw new ConfigurationError('POLICY_FILE and POLICY_TOPIC are both set; the policy stands in one of them.')
  refuseSameTopic(environment)
  return Object.freeze({
    policyTopic: environment.optional('POLICY_TOPIC'),
    claims: claimsConfig(environment),
    revocationsTopic: environment.optional('REVOCATIONS_TOPIC'),
  })
}

function refuseSameTopic(environment: Environment): void {
  const topics = topicNames.filter((name) => environment.isSet(name)).map((name) => [name, environment.required(name)] as const)
  for (const [name, topic] of topics) {
    const other = topics.find((one) => one[0] !== name && one[1] === topic)
    if (other !== undefined) throw new ConfigurationError(`${name} and ${other[0]} are both "${topic}"; each needs a topic of its own.`)
  }
}

function claimsConfig(environment: Environment): ClaimsConfig | undefined {
  const topic = environment.optional('CLAIMS_TOPIC')
  const topicOnly = environment.list('CLAIMS_TOPIC_ONLY')
  if (topic === undefined && topicOnly.length > 0) throw new ConfigurationError('CLAIMS_TOPIC_ONLY is set, but CLAIMS_TOPIC is not.')
  const reserved = topicOnly.find((name) => reservedClaims.has(name))
  if (reserved !== undefined) throw new ConfigurationError(`CLAIMS_TOPIC_ONLY names "${reserved}", which comes from tokens alone.`)
  const bytesMax = environment.integer('CLAIMS_BYTES_MAX')
  return topic === undefined ? undefined : Object.freeze({ topic, topicOnly, bytesMax })
}
