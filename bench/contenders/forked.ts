import { Child } from '../harness/child.js'
import { residentBytesOf } from '../harness/process-usage.js'
import type { Fed, FeedOrder } from '../feed/event-log.js'
import type { Contender, RunningServer, ServerCounts, ServerOptions } from './contender.js'
import { nodeFlags } from './node-flags.js'

/** What a contender's process needs to know. */
export interface Brief {
  readonly brokers: readonly string[]
  readonly topic: string
}

/** What each contender's process answers. */
export interface ContenderCommands {
  readonly [command: string]: (parameters: never) => unknown
  /** Resolves with the port when clients can come and every record from here on will be read. */
  readonly listen: (brief: Brief) => Promise<number>
  readonly counts: (nothing: undefined) => ServerCounts
  /** Only of those that feed themselves. */
  readonly feed: (order: FeedOrder) => Promise<Fed>
}

export interface ForkedOptions {
  readonly name: string
  /** It reads no topic and makes the events itself. */
  readonly feedsItself?: boolean
  readonly socketIo?: boolean
  readonly filters?: boolean
  readonly corks?: boolean
}

/** A contender whose process is `bench/contenders/<name>-process`. */
export function forked({ name, feedsItself = false, socketIo = false, filters = false, corks = false }: ForkedOptions): Contender {
  const start = async ({ lab, topic }: ServerOptions): Promise<RunningServer> => {
    const child = Child.start<ContenderCommands>(`bench/contenders/${name}-process`, { execArgv: nodeFlags })
    const port = await child.ask('listen', { brokers: lab.parts?.brokers ?? [], topic: topic.name })
    const path = socketIo ? '/socket.io/?EIO=4&transport=websocket' : '/ws/client'
    return {
      pid: child.pid,
      clientUrl: (client, { role, region = '' }) =>
        `ws://127.0.0.1:${port}${path}${socketIo ? '&' : `-${client}?`}role=${role}&region=${region}`,
      socketIo,
      feed: (order) => (feedsItself ? child.ask('feed', order) : lab.feed(order)),
      counts: () => child.ask('counts', undefined),
      collected: () => Promise.resolve(residentBytesOf(child.pid)),
      signal: (signal) => child.signal(signal),
      stop: () => child.stop(),
    }
  }
  return { name, filters, corks, needsKafka: !feedsItself, start }
}
