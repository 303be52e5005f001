import { InvalidArgumentError, type Command } from 'commander'
import { type Clock, pause } from '#clock.js'
import { answerText, fetchFailure } from '#http-answer.js'
import { isHttpUrl } from '#text/http-url.js'
import { exitCodes } from '../exit-codes.js'
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

/** A record that was written to a control topic. */
export interface WrittenRecord {
  readonly topic: string
  readonly offset: number
  /** What nodes say that go by it; undefined where that hangs on other records too. */
  readonly hash?: string
}

type NodeState = { readonly is: 'in force' } | { readonly is: 'refused' | 'behind'; readonly why: string }

/**
 * Resolves with an exit code when all nodes have read the record: `foundSomething` where one does not go by it.
 * @throws UnavailableError that names the nodes that have not read it in time.
 */
export async function waitForNodes({ wait = [] }: WaitOptions, written: WrittenRecord, terminal: Terminal): Promise<number> {
  const states = await settledStates(wait, written, terminal.clock)
  const [refused, behind] = [whose(states, 'refused'), whose(states, 'behind')]
  if (refused.length > 0) {
    terminal.writeErr(`It is written, and not all nodes go by it: ${[...refused, ...behind].join('; ')}.\n`)
    return exitCodes.foundSomething
  }
  if (behind.length > 0) throw new UnavailableError(`It is written, and not in force everywhere: ${behind.join('; ')}`)
  if (wait.length > 0) terminal.writeOut(`In force at ${wait.length === 1 ? 'the node' : `all ${wait.length} nodes`}.\n`)
  return exitCodes.good
}

/** Asks until none is behind, or for as long as it may take. */
async function settledStates(wait: readonly string[], written: WrittenRecord, clock: Clock): Promise<ReadonlyMap<string, NodeState>> {
  const deadlineMs = clock.monotonicMs() + waitMsMax
  const states = new Map<string, NodeState>(wait.map((url) => [url, { is: 'behind', why: 'was not asked' }]))
  for (;;) {
    const behind = [...states].filter(([, { is }]) => is === 'behind')
    const news = await Promise.all(behind.map(async ([url]) => [url, await stateOf(url, written)] as const))
    for (const [url, state] of news) states.set(url, state)
    const isOver = news.every(([, { is }]) => is !== 'behind') || clock.monotonicMs() > deadlineMs
    if (isOver) return states
    await pause(clock, lookMs)
  }
}

function whose(states: ReadonlyMap<string, NodeState>, which: 'refused' | 'behind'): readonly string[] {
  return [...states].flatMap(([url, state]) => (state.is === which ? [`${url} ${state.why}`] : []))
}

async function stateOf(url: string, { topic, offset, hash }: WrittenRecord): Promise<NodeState> {
  const behind = (why: string): NodeState => ({ is: 'behind', why })
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(answerMsMax) })
    const text = await answerText(response, 'the node', metricsBytesMax)
    const label = `topic="${topic.replaceAll('.', '\\.')}"`
    const read = new RegExp(`^sluice_control_offset\\{${label}\\} (\\d+)$`, 'm').exec(text)?.[1]
    if (read === undefined) return behind(`does not read ${topic}, or has not read it to its end`)
    if (Number(read) <= offset) return behind(`has read up to ${read}`)
    const inForce = new RegExp(`^sluice_control_hash\\{${label},hash="([^"]*)"\\}`, 'm').exec(text)?.[1] ?? ''
    return hash === undefined || inForce === hash ? { is: 'in force' } : { is: 'refused', why: refusal(inForce) }
  } catch (error) {
    return behind(fetchFailure(error))
  }
}

function refusal(inForce: string): string {
  const by = inForce === '' ? 'by none' : `by another one (${inForce.slice(0, 12)})`
  return `has read it and goes ${by}: it cannot use this one, as its log and /readyz say, or a later one is written`
}
