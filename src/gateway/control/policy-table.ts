import { policyHash, policyKey } from '#policy/control/policy-record.js'
import { textFileBytesMax } from '#config/text-file.js'
import type { Log } from '#log.js'
import { strictText } from '#text/strict-text.js'
import type { ControlRecord, ControlStatus, ControlTable } from './control-table.js'

/** Puts a policy in force, or keeps the one before. */
export interface PolicyListener {
  changed(text: string, recordMs?: number): void
  unreadable(why: string): void
  /** Undefined where there was none yet. */
  readonly textInForce: string | undefined
  readonly refused: string | undefined
}

/** The policy as its topic says. Of what is read at once only the latest counts: those before it are in force nowhere any more. */
export class PolicyTable implements ControlTable {
  private isFilling = true
  private latest: ControlRecord | undefined
  /** Whether a record was lost that may be a later policy. */
  private isLost = false

  constructor(
    private readonly policy: PolicyListener,
    private readonly log: Log,
  ) {}

  get hash(): string {
    const { textInForce } = this.policy
    return textInForce === undefined ? '' : policyHash(textInForce)
  }

  take(record: ControlRecord): void {
    const { key } = record
    if (key !== policyKey) return this.log.error({ key: key.slice(0, 100) }, `The topic of the policy has another key than "${policyKey}".`)
    this.latest = record
    this.isLost = false
    if (!this.isFilling) this.apply(record.timestampMs)
  }

  lost(): void {
    this.isLost = true
    this.log.error(
      {},
      'Records of the topic of the policy cannot be read: the policy in force may be an older one until it is published again.',
    )
  }

  beginAnew(): void {
    this.isFilling = true
    this.isLost = false
    this.latest = undefined
  }

  caughtUp(): void {
    if (!this.isFilling) return
    this.isFilling = false
    this.apply()
  }

  status(): ControlStatus {
    if (this.isLost) return { ready: false, reason: 'records of the topic of the policy cannot be read: publish the policy again' }
    return { ready: this.policy.textInForce !== undefined, reason: this.policy.refused }
  }

  /** @param recordMs where pages are brought in line with a record that was just written. */
  private apply(recordMs?: number): void {
    const { latest, policy } = this
    this.latest = undefined
    const value = latest?.value ?? null
    if (value === null) return policy.unreadable(`The topic has no record with the key "${policyKey}".`)
    if (value.length > textFileBytesMax) return policy.unreadable(`The policy has ${value.length} bytes, more than ${textFileBytesMax}.`)
    const text = strictText(value)
    if (text === undefined) policy.unreadable('The policy is not UTF-8.')
    else policy.changed(text, recordMs)
  }
}
