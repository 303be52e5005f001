import { ConfigurationError } from '#errors.js'
import type { Environment } from './environment.js'

/** The topics by which all nodes are told the same. */
export interface ControlConfig {
  readonly policyTopic: string | undefined
}

/** @throws ConfigurationError */
export function readControlConfig(environment: Environment): ControlConfig {
  if (environment.isSet('POLICY_FILE') && environment.isSet('POLICY_TOPIC'))
    throw new ConfigurationError('POLICY_FILE and POLICY_TOPIC are both set; the policy stands in one of them.')
  return Object.freeze({ policyTopic: environment.optional('POLICY_TOPIC') })
}
