import { Agent, request } from 'node:http'
import { monotonicMs } from '../harness/monotonic.js'
import type { ClientPlan } from './client-plan.js'
import { LoadConnection } from './load-connection.js'
import { Tally } from './tally.js'

/** Somebody who has the console open. */
export interface ConsolePlan {
  readonly adminUrl: string
  /** Of the admin port. */
  readonly token: string
  readonly screen: 'live' | 'pipeline' | 'connections'
  /** Whose columns stand at Live. */
  readonly people: readonly ClientPlan[]
}

/** What came of it since it was asked before. */
export interface ConsoleUse {
  readonly polls: number
  /** The longest that one was waited for. */
  readonly slowestMs: number
  /** That its people were told. */
  readonly updates: number
}

/** What is asked for again and again, as long as the answer before has come. */
interface Poll {
  readonly path: () => string
  readonly take: (answer: string) => void
  isAsking: boolean
}

/** As the page does. */
const everyMs = 1000
const files = ['/', '/main.js', '/main.css']
const entityType = 'order'

/** What the console's page does on the network, without a browser: its files, what it asks first, and what it asks each second while it is seen. */
export class ConsolePage {
  /** A browser keeps its connections. */
  private readonly agent = new Agent({ keepAlive: true })
  private readonly tally = new Tally()
  private readonly polls: readonly Poll[]
  private people: readonly LoadConnection[] = []
  private timer: NodeJS.Timeout | undefined
  private failure: string | undefined
  private nextSample = 0
  private answered = 0
  private slowestMs = 0

  constructor(private readonly plan: ConsolePlan) {
    const ignore = () => undefined
    const takeSamples = (answer: string) => (this.nextSample = (JSON.parse(answer) as { next: number }).next)
    const own: Readonly<Record<ConsolePlan['screen'], readonly Poll[]>> = {
      live: [],
      pipeline: [{ path: () => `pipeline?since=${this.nextSample}`, take: takeSamples, isAsking: false }],
      connections: [{ path: () => 'connections', take: ignore, isAsking: false }],
    }
    this.polls = [{ path: () => 'figures', take: ignore, isAsking: false }, ...own[plan.screen]]
  }

  /** Resolves when everything that it shows is there. @throws Error where it is refused anything. */
  async open(): Promise<void> {
    for (const path of files) await this.ask(path)
    for (const name of ['session', 'figures', 'policy', 'types']) await this.ask(`/api/${name}`)
    for (const plan of this.plan.people) await this.addPerson(plan)
    for (const poll of this.polls) await this.poll(poll)
    this.timer = setInterval(() => this.look(), everyMs)
  }

  /** @throws Error where it was refused anything, or somebody's connection has ended. */
  use(): ConsoleUse {
    const { closes, errors } = this.tally
    const failure = this.failure ?? errors[0] ?? (closes.size > 0 ? `a connection was closed with ${[...closes.keys()].join()}` : undefined)
    if (failure !== undefined) throw new Error(`A console at ${this.plan.screen}: ${failure}`)
    const use = { polls: this.answered, slowestMs: this.slowestMs, updates: this.tally.received }
    this.answered = this.slowestMs = this.tally.received = 0
    return use
  }

  close(): void {
    clearInterval(this.timer)
    for (const person of this.people) person.leave()
    this.agent.destroy()
  }

  /** By a token of theirs, and with all that they may see of one entity. */
  private async addPerson(plan: ClientPlan): Promise<void> {
    const { roles } = JSON.parse(await this.ask('/api/token', { token: plan.token })) as { roles: readonly string[] }
    const query = new URLSearchParams({ type: entityType })
    for (const role of roles) query.append('role', role)
    await this.ask(`/api/rights?${query.toString()}`)
    const slot = this.tally.account.reserve(plan.entities.length)
    this.tally.begin()
    const person = new LoadConnection({ ...plan, subscribesLater: true, timed: false }, this.tally, slot)
    this.people = [...this.people, person]
    await person.opened
    await person.subscribe({ entity_type: entityType, snapshot: true })
  }

  private look(): void {
    for (const poll of this.polls)
      if (!poll.isAsking) this.poll(poll).catch((error: unknown) => (this.failure ??= (error as Error).message))
  }

  private async poll(poll: Poll): Promise<void> {
    const startedMs = monotonicMs()
    poll.isAsking = true
    poll.take(await this.ask(`/api/${poll.path()}`))
    poll.isAsking = false
    this.answered++
    this.slowestMs = Math.max(this.slowestMs, monotonicMs() - startedMs)
  }

  /** Answers the text. @throws Error where it is no answer to be shown. */
  private ask(path: string, body?: object): Promise<string> {
    const { agent, plan } = this
    const { adminUrl, token } = plan
    const post = body && { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: adminUrl } }
    const headers = { Authorization: `Bearer ${token}`, ...post?.headers }
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, adminUrl), { agent, ...post, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.once('error', reject)
        response.once('end', () => {
          if (response.statusCode === 200) resolve(text)
          else reject(new Error(`${path} was answered with ${response.statusCode}: ${text.slice(0, 300)}`))
        })
      })
      asked.once('error', reject)
      asked.end(body && JSON.stringify(body))
    })
  }
}
