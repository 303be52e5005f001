import { policyKey } from '#policy/control/policy-record.js'
import { revocationKey } from '#policy/control/revocation-record.js'
import type { SimulatedLog } from './simulated-log.js'
import { policies, type SimulatedToken, users } from './simulated-world.js'

export const controlTopics = { policy: 'control.policy', claims: 'control.claims', revocations: 'control.revocations' } as const
export type ControlTopicName = (typeof controlTopics)[keyof typeof controlTopics]

/** What is written to the control topics of a simulation, drawn from its seed. Some of it cannot be read. */
export class SimulatedControl {
  readonly met = { policies: 0, claims: 0, revokedUsers: 0, revokedTokens: 0, lifted: 0, unreadable: 0, anew: 0 }
  /** The keys of the revocations that nobody has lifted. */
  private readonly revoked = new Set<string>()
  private isPolicyReadable = true
  /** Whether revocations were lost, which nodes that begin later do not know. */
  hasLostRevocations = false

  constructor(private readonly log: SimulatedLog) {
    for (const topic of Object.values(controlTopics)) log.topics.create(topic, 1)
    this.publish(0)
  }

  publish(policy: number): void {
    this.isPolicyReadable = true
    this.tell(controlTopics.policy, policyKey, policies[policy])
  }

  /** A policy that can be read, so that every node that starts has one. */
  publishReadable(): void {
    if (!this.isPolicyReadable) this.publish(this.log.pick([0, 1]))
  }

  changePolicy(): void {
    this.met.policies++
    if (this.log.random() < 0.85) return this.publish(this.log.pick([0, 1]))
    this.isPolicyReadable = false
    this.tellUnreadable(controlTopics.policy, policyKey)
  }

  changeClaims(): void {
    this.met.claims++
    const { sub } = this.log.pick(users)
    const draw = this.log.random()
    if (draw < 0.1) return this.tellUnreadable(controlTopics.claims, sub)
    this.tell(controlTopics.claims, sub, draw < 0.3 ? null : this.someClaims())
  }

  /** Nothing that was written to one of the topics is there any more; of a policy perhaps the administrator says it again. */
  makeAnew(): void {
    this.met.anew++
    const topic = this.log.pick(Object.values(controlTopics))
    this.log.topics.makeAnew(topic)
    if (topic === controlTopics.revocations) this.hasLostRevocations = true
    if (topic !== controlTopics.policy) return
    this.isPolicyReadable = false
    if (this.log.random() < 0.5) this.publishReadable()
  }

  /** Of a user all tokens that were issued up to some time about now, or one token. */
  revoke({ sub, jti }: SimulatedToken): void {
    const draw = this.log.random()
    if (draw < 0.5) return this.revokeToken(jti)
    this.met.revokedUsers++
    const key = revocationKey('sub', sub)
    this.revoked.add(key)
    if (draw < 0.6) return this.tellUnreadable(controlTopics.revocations, key)
    this.tell(controlTopics.revocations, key, { before: (this.log.othersTime + Math.floor((this.log.random() - 0.5) * 1_000)) / 1_000 })
  }

  lift(): void {
    if (this.revoked.size === 0) return
    this.met.lifted++
    const key = this.log.pick([...this.revoked])
    this.revoked.delete(key)
    this.tell(controlTopics.revocations, key, null)
  }

  private revokeToken(jti: string): void {
    this.met.revokedTokens++
    const key = revocationKey('jti', jti)
    this.revoked.add(key)
    this.tell(controlTopics.revocations, key, {})
  }

  /** Nothing of a region says nothing, and none says that there is none. */
  private someClaims(): object {
    const region = this.log.pick(['eu', 'us', null, undefined])
    const roles = this.log.pick([...users.map(({ roles }) => roles), [], undefined])
    return { region, roles }
  }

  private tellUnreadable(topic: ControlTopicName, key: string): void {
    this.met.unreadable++
    this.tell(topic, key, '{')
  }

  private tell(topic: ControlTopicName, key: string, value: unknown): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    this.log.topics.append(topic, { key: Buffer.from(key), value: value === null ? null : Buffer.from(text) })
  }
}
