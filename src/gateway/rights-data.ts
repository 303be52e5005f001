import type { Clock } from '#clock.js'
import type { ControlConfig } from '#config/control-config.js'
import type { Log } from '#log.js'
import { PolicyInForce } from './authorize/policy-in-force.js'
import type { ControlTable } from './control/control-table.js'
import { ControlTopics } from './control/control-topics.js'
import { PolicyTable } from './control/policy-table.js'
import type { Meter } from './observe/meter.js'
import type { PartitionSource } from './source/partition-source.js'

/** Where control topics are read from. */
export interface ControlFeed {
  /** One of their own, made where there is a topic to read. */
  readonly control: () => PartitionSource
  /** Which of these topics are not compacted, as far as it is known. */
  readonly uncompacted?: (topics: readonly string[]) => Promise<readonly string[]>
}

export interface RightsData {
  readonly policy: PolicyInForce
  /** Undefined where no topic is read. */
  readonly control: ControlTopics | undefined
}

/**
 * What decides who may see what, besides tokens.
 * @param policy the text of a policy file; undefined where a topic has it.
 * @throws ConfigurationError where the text is not a policy.
 */
export function rightsDataOf(
  { policyTopic }: ControlConfig,
  policy: string | undefined,
  feed: ControlFeed & { readonly meter: Meter },
  context: { readonly clock: Clock; readonly log: Log },
): RightsData {
  const inForce = new PolicyInForce(policy, feed.meter, context.log, policyTopic === undefined ? 'POLICY_FILE' : 'POLICY_TOPIC')
  const tables = new Map<string, ControlTable>()
  if (policyTopic !== undefined) tables.set(policyTopic, new PolicyTable(inForce, context.log))
  const { uncompacted } = feed
  const control = tables.size === 0 ? undefined : new ControlTopics({ source: feed.control(), tables, uncompacted, ...context })
  return { policy: inForce, control }
}
