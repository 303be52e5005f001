import { InvalidArgumentError, type Command } from 'commander'
import { pause } from '#clock.js'
import { answerText, fetchFailure } from '#http-answer.js'
import { isHttpUrl } from '#text/http-url.js'
import type { Terminal } from '../terminal.js'
import { UnavailableError } from '../unavailable-error.js'

export interface WaitOptions {
  readonly wait?: readonly string[]
}

/** Nodes have a record within a second. Longer than this one that does not answer, or does not read, is not waited for. */
const waitMsMax = 60_000
const lookMs = 250
const answerMsMax = 5_000
const metricsBytesMax = 16 * 1024 * 1024

export function addWaitOption(command: Command): Command {
  return command.option('--wait <urls...>', 'wait until the nodes with these admin ports have it (http://127.0.0.1:9090)', urlsOf)
}

function urlsOf(url: string, urls: readonly string[] = []): readonly string[] {
  if (!isHttpUrl(url)) throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.')
  return [...urls, url.replace(/\/+$/, '')]
}

/** Resolves when what stands at the offset is in force at all nodes. @throws UnavailableError that names those where it is not. */
export async function waitForNodes(
  { wait = [] }: WaitOptions,
  topic: string,
  offset: number,
  { clock, writeOut }: Terminal,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + waitMsMax
  let left = new Map(wait.map((url) => [url, 'was not asked']))
  while (left.size > 0) {
    const states = await Promise.all([...left.keys()].map(async (url) => [url, await stateOf(url, topic, offset)] as const))
    left = new Map(states.flatMap(([url, state]) => (state === undefined ? [] : [[url, state] as const])))
    if (left.size === 0) break
    if (clock.monotonicMs() > deadlineMs)
      throw new UnavailableError(`It is written, and not in force everywhere: ${[...left].map((one) => one.join(' ')).join('; ')}`)
    await pause(clock, lookMs)
  }
  if (wait.length > 0) writeOut(`In force at ${wait.length === 1 ? 'the node' : `all ${wait.length} nodes`}.\n`)
}

/** Undefined where the node has it. */
async function stateOf(url: string, topic: string, offset: number): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(answerMsMax) })
    const text = await answerText(response, 'the node', metricsBytesMax)
    const found = new RegExp(`^sluice_control_offset\\{topic="${topic.replaceAll('.', '\\.')}"\\} (\\d+)$`, 'm').exec(text)?.[1]
    if (found === undefined) return `does not read ${topic}, or has not read it to its end`
    return Number(found) > offset ? undefined : `has read up to ${found}`
  } catch (error) {
    return fetchFailure(error)
  }
}
