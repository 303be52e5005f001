import type { EntitySchema } from '#avro/entity-schema.js'
import { ConfigurationError } from '#errors.js'
import type { Log } from '#log.js'
import { Meter } from '../observe/meter.js'
import { parsePolicy, type RolePolicy } from '#policy/role-policy.js'
import type { UndecidedWatch } from '#policy/undecided.js'
import { UndecidedNotices } from './undecided-notices.js'

// Enters: what becomes of the policy's file while the process runs. Leaves: the policy that counts, which is the last one that could be
// used. Where that is not what the file says, the log says so once and the metrics for as long as it is.

export class PolicyInForce {
  private readonly undecided: UndecidedNotices
  private current: RolePolicy
  /** What the file held when it could last be read. */
  private lastRead: string

  /** @throws ConfigurationError where the first text is no policy. */
  constructor(
    private text: string,
    private readonly meter: Meter,
    private readonly log: Log,
  ) {
    this.undecided = new UndecidedNotices(meter, log)
    this.current = policyOf(text, this.undecided)
    this.lastRead = text
  }

  get policy(): RolePolicy {
    return this.current
  }

  /** The policy of the text, which is in force from now on; undefined, with the reason in the log, where that is none or the same. */
  replaceBy(text: string): RolePolicy | undefined {
    this.lastRead = text
    if (text === this.text) {
      this.noteFile(true, 'unchanged')
      this.log.info({}, 'The policy is the one that is in force.')
      return undefined
    }
    try {
      this.current = policyOf(text, this.undecided)
    } catch (error) {
      this.keep((error as Error).message)
      return undefined
    }
    this.text = text
    this.noteFile(true, 'applied')
    this.log.info({ roles: this.current.roles }, 'A changed policy is in force.')
    return this.current
  }

  /** There is no text to replace it with. */
  keep(reason: string): void {
    this.noteFile(false, 'refused')
    this.log.error({ reason }, 'The changed policy cannot be used; the one before stays in force.')
  }

  /** The file could not be read, and can be again; what differs is told by `replaceBy`. */
  readable(): void {
    const isInForce = this.lastRead === this.text
    this.meter.policyFileInForce = isInForce
    this.log.info({ in_force: isInForce }, 'The policy file can be read again.')
  }

  /** Says which of its conditions the schema cannot decide. */
  noteUndecided(schema: EntitySchema): void {
    this.undecided.noteAll(this.current.rules, schema)
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
