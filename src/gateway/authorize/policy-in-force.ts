import type { EntitySchema } from '#avro/entity-schema.js'
import type { FileListener } from '#config/watched-file.js'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import { unnamedFieldsOf, warningsOf } from '#policy/policy-warnings.js'
import type { Policy } from '#policy/rights.js'
import { parsePolicy, RolePolicy } from '#policy/role-policy.js'
import { Meter } from '../observe/meter.js'
import { UndecidedNotices } from './undecided-notices.js'

// Enters: changes of the policy's file or topic while the process runs, and the schemas that become known. Leaves: the policy in force, which
// is the last usable one, and a call to each follower when it is replaced. The log and the metrics tell people whether what was written last
// is in force, what the policy names that no schema has, which fields no rule names, and which conditions are undecided.

/** The policy in force. It may be replaced while clients are connected. */
export interface CurrentPolicy {
  readonly current: Policy
  /**
   * Calls back whenever the policy is replaced. Followers are called in the order in which they began to follow.
   * @param replaced is told Kafka's time of the record that says so, if one does.
   */
  follow(replaced: (recordMs?: number) => void): void
}

/** The number of names in one line of the log. */
const namesMax = 20

/** The variable that says where the policy stands. */
export type PolicyVariable = 'POLICY_FILE' | 'POLICY_TOPIC'

export class PolicyInForce implements CurrentPolicy, FileListener {
  private readonly undecided: UndecidedNotices
  private readonly followers: ((recordMs?: number) => void)[] = []
  private policy: RolePolicy
  /** What the file held when it was last readable. */
  private lastRead: string | undefined
  private refusal: string | undefined

  /**
   * @param text undefined where none is known yet: nobody is shown anything until there is one.
   * @throws ConfigurationError where the text is not a policy.
   */
  constructor(
    private text: string | undefined,
    private readonly meter: Meter,
    private readonly log: Log,
    private readonly variable: PolicyVariable = 'POLICY_FILE',
  ) {
    this.undecided = new UndecidedNotices(meter, log)
    this.policy = text === undefined ? new RolePolicy(new Map()) : this.parse(text)
    this.lastRead = text
    meter.policyFileInForce = text !== undefined
  }

  get current(): RolePolicy {
    return this.policy
  }

  /** The text of the policy in force; undefined where there was none yet. */
  get textInForce(): string | undefined {
    return this.text
  }

  /** Why what was written last is not in force; undefined where it is. */
  get refused(): string | undefined {
    return this.refusal
  }

  follow(replaced: (recordMs?: number) => void): void {
    this.followers.push(replaced)
  }

  /**
   * Puts the policy of this text in force. A policy that cannot be used is logged, and the one before stays in force.
   * @param recordMs Kafka's time of the record that has the text.
   */
  changed(text: string, recordMs?: number): void {
    this.lastRead = text
    if (text === this.text) {
      this.noteFile(true, 'unchanged')
      this.log.info({}, 'The policy is the one that is in force.')
      return
    }
    try {
      this.policy = this.parse(text)
    } catch (error) {
      return this.keep((error as Error).message)
    }
    this.text = text
    this.noteFile(true, 'applied')
    this.log.info({ roles: this.policy.roles }, 'A changed policy is in force.')
    for (const replaced of this.followers) replaced(recordMs)
  }

  /** What the variable names cannot be read, so that the policy stays as it is. */
  unreadable(why: string): void {
    this.keep(`${this.variable}: ${why}`)
  }

  /** The file can be read again. Where its text differs, `changed` is called as well. */
  readable(): void {
    const isInForce = this.lastRead === this.text
    this.meter.policyFileInForce = isInForce
    this.log.info({ in_force: isInForce }, 'The policy file can be read again.')
  }

  /** Logs the fields of the schema that the policy does not name, and the conditions that the schema cannot decide. */
  learned(schema: EntitySchema): void {
    this.noteUnnamed(schema)
    this.undecided.noteAll(this.policy.rules, schema)
  }

  /** Logs what the policy names that none of these schemas has. They must be all that are known. */
  warnOfUnknown(schemas: readonly EntitySchema[]): void {
    for (const warning of warningsOf(this.policy, schemas)) this.log.warn({}, warning)
  }

  /** Logs the fields that no rule names: a new field stays hidden until somebody adds it to a rule. */
  private noteUnnamed(schema: EntitySchema): void {
    const { entityType } = schema
    const fields = unnamedFieldsOf(this.policy, schema)
    const before = this.meter.fieldsWithoutRule.get(entityType) ?? 0
    this.meter.fieldsWithoutRule.set(entityType, fields.length)
    if (fields.length === 0 || fields.length === before) return
    const names = fields.slice(0, namesMax).join(', ') + (fields.length > namesMax ? ` and ${fields.length - namesMax} more` : '')
    this.log.info({ entity_type: entityType, fields: names }, 'No rule of the policy names these fields: nobody is shown them.')
  }

  private keep(reason: string): void {
    this.noteFile(false, 'refused')
    this.refusal = reason
    const then = this.text === undefined ? 'nobody is let in before there is one that can' : 'the one before stays in force'
    this.log.error({ reason }, `The changed policy cannot be used; ${then}.`)
  }

  private noteFile(isInForce: boolean, outcome: 'applied' | 'refused' | 'unchanged'): void {
    this.meter.policyFileInForce = isInForce
    if (isInForce) this.refusal = undefined
    Meter.count(this.meter.policyReloads, outcome)
  }

  private parse(text: string): RolePolicy {
    try {
      return parsePolicy(text, this.undecided)
    } catch (error) {
      throw error instanceof ConfigurationError ? new ConfigurationError(`${this.variable}: ${error.message}`) : error
    }
  }
}
