import type { KafkaRecord } from '#kafka/kafka-record.js'
import { controlTopics, type ControlTopicName } from './simulated-control.js'
import { policies, type SimulatedToken, type SimulatedUser } from './simulated-world.js'

/** Under which rights something is shown. */
export interface SimulatedRights {
  readonly policy: number
  readonly user: SimulatedUser
}

type Members = Readonly<Record<string, unknown>>

/** What follows from the records of control topics that somebody has read, said plainly: it knows nothing of tables and hashes. */
export class KnownRights {
  /** Which of the policies is in force; undefined where none was read that can be. */
  policy: number | undefined
  /** By topic, the offset behind the last record that was read. */
  readonly offsets: Record<ControlTopicName, number> = { 'control.policy': 0, 'control.claims': 0, 'control.revocations': 0 }
  /** By key, the latest value. */
  private readonly claims = new Map<string, string>()
  private readonly revocations = new Map<string, string>()

  /** The users of whom the topic of claims has said nothing since it was made anew. */
  private missing = new Set<string>()

  /** While the topic of the policy is read from its beginning: of what it holds then only the last one counts. */
  private isFilling = true
  private latest: string | undefined

  take(topic: ControlTopicName, { key, value, offset }: KafkaRecord): void {
    this.offsets[topic] = offset + 1
    const [name, text] = [key!.toString(), value?.toString()]
    if (topic === controlTopics.policy) return this.takePolicy(text)
    if (topic === controlTopics.claims) this.missing.delete(name)
    const table = topic === controlTopics.claims ? this.claims : this.revocations
    if (text === undefined) table.delete(name)
    else table.set(name, text)
  }

  /** The topic was made anew. Until it is read to its end all stays. */
  beginAnew(topic: ControlTopicName): void {
    this.offsets[topic] = 0
    if (topic === controlTopics.policy) [this.isFilling, this.latest] = [true, undefined]
    if (topic === controlTopics.claims) this.missing = new Set(this.claims.keys())
  }

  /** It was read to its end: claims that did not return go, the policy and revocations stay. */
  caughtUp(topic: ControlTopicName): void {
    if (topic === controlTopics.policy) {
      this.isFilling = false
      this.takePolicy(this.latest)
    } else if (topic === controlTopics.claims) {
      for (const sub of this.missing) this.claims.delete(sub)
      this.missing.clear()
    }
  }

  /** Who a token stands for: by claims that cannot be read nobody. */
  rightsOf({ sub, roles, region }: SimulatedToken): SimulatedRights {
    const { policy = 0 } = this
    const text = this.claims.get(sub)
    if (text === undefined) return { policy, user: userWith(sub, roles, region) }
    const claims = membersOf(text)
    if (claims === undefined) return { policy, user: userWith(sub, [], '') }
    const ofTopic = (claims['roles'] ?? []) as readonly string[]
    return { policy, user: userWith(sub, [...ofTopic, ...roles], 'region' in claims ? String(claims['region']) : region) }
  }

  isVoid({ sub, jti, issuedMs }: SimulatedToken): boolean {
    if (this.revocations.has(`jti:${jti}`)) return true
    const text = this.revocations.get(`sub:${sub}`)
    if (text === undefined) return false
    const before = membersOf(text)?.['before'] as number | undefined
    return before === undefined || issuedMs === undefined || issuedMs / 1_000 < before
  }

  /** The one before stays where it cannot be read. */
  private takePolicy(text: string | undefined): void {
    this.latest = this.isFilling ? text : undefined
    const number = policies.findIndex((policy) => JSON.stringify(policy) === text)
    if (number >= 0 && !this.isFilling) this.policy = number
  }
}

function membersOf(text: string): Members | undefined {
  try {
    return JSON.parse(text) as Members
  } catch {
    return undefined
  }
}

const known = new Map<string, SimulatedUser>()

/** The same object for the same user, so that sets hold each once. */
function userWith(sub: string, some: readonly string[], region: string): SimulatedUser {
  const roles = [...new Set(some)].sort()
  const key = JSON.stringify([sub, roles, region])
  const user = known.get(key) ?? { sub, roles, region }
  known.set(key, user)
  return user
}
