import type { Clock } from '#clock.js'
import { policyHash } from '#policy/control/policy-record.js'
import type { AuthConfig } from '#config/config.js'
import type { ControlConfig } from '#config/control-config.js'
import type { Log } from '#log.js'
import { PolicyInForce } from './authorize/policy-in-force.js'
import { ClaimsTable } from './control/claims-table.js'
import type { ControlTable } from './control/control-table.js'
import { ControlTopics } from './control/control-topics.js'
import { tokensAlone, type KnownUsers } from './control/known-user.js'
import { PolicyTable } from './control/policy-table.js'
import { noRevocations, type Revocations } from './control/revocations.js'
import { RevocationsTable } from './control/revocations-table.js'
import type { Meter } from './observe/meter.js'
import type { PartitionSource } from './source/partition-source.js'

/** Where control topics are read from. */
export interface ControlFeed {
  /** One of their own, made where there is a topic to read. It says of which topic it skips what cannot be read. */
  readonly control: (skipped: (topic: string) => void) => PartitionSource
  /** Which of these topics are not compacted, as far as it is known. */
  readonly uncompacted?: (topics: readonly string[]) => Promise<readonly string[]>
}

/** What is said otherwise than by topics. */
export interface RightsBeside {
  /** The text of a policy file; undefined where a topic has it. */
  readonly policy: string | undefined
  readonly auth: Pick<AuthConfig, 'rolesClaims'>
}

/** What decides who may see what, besides tokens. */
export interface RightsData {
  readonly policy: PolicyInForce
  readonly users: KnownUsers
  readonly revocations: Revocations
  /** Undefined where no topic is read. */
  readonly control: ControlTopics | undefined
}

interface Context {
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}

/** @throws ConfigurationError where the text is not a policy. */
export function rightsDataOf(config: ControlConfig, beside: RightsBeside, feed: ControlFeed, context: Context): RightsData {
  const { policyTopic, claims, revocationsTopic } = config
  const { meter, log } = context
  const policy = new PolicyInForce(beside.policy, meter, log, policyTopic === undefined ? 'POLICY_FILE' : 'POLICY_TOPIC')
  meter.sharing = () => policy.current.sharing
  notePolicy(policy, context)
  policy.follow(() => notePolicy(policy, context))
  const users = claims && new ClaimsTable({ ...beside.auth, ...claims, ...context })
  const revocations = revocationsTopic === undefined ? undefined : new RevocationsTable(log)
  const tables = new Map<string, ControlTable>()
  if (policyTopic !== undefined) tables.set(policyTopic, new PolicyTable(policy, log))
  if (users !== undefined) tables.set(claims!.topic, users)
  if (revocations !== undefined) tables.set(revocationsTopic!, revocations)
  const { uncompacted } = feed
  const source = () => feed.control((topic) => tables.get(topic)?.lost())
  const control = tables.size === 0 ? undefined : new ControlTopics({ source: source(), tables, uncompacted, ...context })
  meter.control = control?.topics ?? []
  return { policy, users: users ?? tokensAlone, revocations: revocations ?? noRevocations, control }
}

function notePolicy({ textInForce }: PolicyInForce, { meter, clock }: Context): void {
  if (textInForce !== undefined) meter.policyInForce = { hash: policyHash(textInForce), sinceMs: clock.now() }
}
