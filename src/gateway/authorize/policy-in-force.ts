import type { EntitySchema } from '#avro/entity-schema.js'
import type { FileListener } from '#config/watched-file.js'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import { unnamedFieldsOf, warningsOf } from '#policy/policy-warnings.js'
import type { Policy } from '#policy/rights.js'
import { parsePolicy, type RolePolicy } from '#policy/role-policy.js'
import type { UndecidedWatch } from '#policy/undecided.js'
import { Meter } from '../observe/meter.js'
import { UndecidedNotices } from './undecided-notices.js'

// Enters: what becomes of the policy's file while the process runs, and the schemas that are learnt. Leaves: the policy that counts, which is
// the last one that could be used, and a call to each follower when it was replaced. What people should know goes to the log and the metrics:
// whether the file says what counts, what the policy names that no schema has, which fields no rule names, which conditions are undecided.

/** The policy that counts, whichever that is now: it may be replaced while clients are connected. */
export interface CurrentPolicy {
  readonly current: Policy
  /** Calls whenever another one counts, in the order in which they began to follow. */
  follow(replaced: () => void): void
}

/** How many names one line of the log has. */
const namesMax = 20

export class PolicyInForce implements CurrentPolicy, FileListener {
  private readonly undecided: UndecidedNotices
  private readonly followers: (() => void)[] = []
  private policy: RolePolicy
  /** What the file held when it could last be read. */
  private lastRead: string

  /** @throws ConfigurationError where the first text is no policy. */
  constructor(
    private text: string,
    private readonly meter: Meter,
    private readonly log: Log,
  ) {
    this.undecided = new UndecidedNotices(meter, log)
    this.policy = policyOf(text, this.undecided)
    this.lastRead = text
  }

  get current(): RolePolicy {
    return this.policy
  }

  follow(replaced: () => void): void {
    this.followers.push(replaced)
  }

  /** Puts the policy of this text in force; keeps the one before, and says why, where it cannot be used. */
  changed(text: string): void {
    this.lastRead = text
    if (text === this.text) {
      this.noteFile(true, 'unchanged')
      this.log.info({}, 'The policy is the one that is in force.')
      return
    }
    try {
      this.policy = policyOf(text, this.undecided)
    } catch (error) {
      return this.keep((error as Error).message)
    }
    this.text = text
    this.noteFile(true, 'applied')
    this.log.info({ roles: this.policy.roles }, 'A changed policy is in force.')
    for (const replaced of this.followers) replaced()
  }

  /** There is no text to replace it with. */
  unreadable(why: string): void {
    this.keep(`POLICY_FILE: ${why}`)
  }

  /** The file could not be read, and can be again; a text that differs is told by `changed`. */
  readable(): void {
    const isInForce = this.lastRead === this.text
    this.meter.policyFileInForce = isInForce
    this.log.info({ in_force: isInForce }, 'The policy file can be read again.')
  }

  /** Says what a schema has that the policy does not name, and what the policy asks that the schema cannot decide. */
  learned(schema: EntitySchema): void {
    this.noteUnnamed(schema)
    this.undecided.noteAll(this.policy.rules, schema)
  }

  /** Says what the policy names that none of these schemas has, which are all that are known. */
  warnOfUnknown(schemas: readonly EntitySchema[]): void {
    for (const warning of warningsOf(this.policy, schemas)) this.log.warn({}, warning)
  }

  /** A new field is hidden until a rule names it, which somebody should know. */
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
    this.log.error({ reason }, 'The changed policy cannot be used; the one before stays in force.')
  }

  private noteFile(isInForce: boolean, outcome: 'applied' | 'refused' | 'unchanged'): void {
    this.meter.policyFileInForce = isInForce
    Meter.count(this.meter.policyReloads, outcome)
  }
}

function policyOf(text: string, watch: UndecidedWatch): RolePolicy {
  try {
    return parsePolicy(text, watch)
  } catch (error) {
    throw error instanceof ConfigurationError ? new ConfigurationError(`POLICY_FILE: ${error.message}`) : error
  }
}
