import { refused, step, wishesFor } from './channel.js'
import type { Channel, Hub, Server } from './hub.js'
import { amountIn, type Incoming } from './incoming.js'
import type { Greeting } from './link.js'
import { SluiceError } from './sluice-error.js'

/** The part of a server's allowance that is used: who goes beyond it is closed for good, and other things are sent too. */
const usedShare = 0.8
/** What a server allows that does not say. */
const usualLimits = { frames_per_second: 1000, bytes_per_frame: 128, frame_bytes: 16_384 }
/** So much of the allowance may be used at once: what somebody clicks does not wait. */
const burstMs = 400
/** So long answers are waited for before more is sent. */
const patienceMs = 1000
const listMax = 1000
/** What stands around a list of requests. */
const listBytes = 50

export function connect(hub: Hub, { features, limits }: Greeting): void {
  const limit = (name: keyof typeof usualLimits): number => amountIn((limits as Incoming | undefined)?.[name]) || usualLimits[name]
  const extraBytes = limit('bytes_per_frame')
  const secondBytes = limit('frames_per_second') * extraBytes * usedShare
  const frameBytes = limit('frame_bytes')
  hub.server = { features, secondBytes, frameBytes, extraBytes, owed: new Map(), lastRef: 0, nextMs: 0, patientMs: 0 }
}

export function disconnect(hub: Hub): void {
  hub.server?.endWait?.()
  hub.server = undefined
  hub.asking.clear()
  hub.leaving.clear()
}

/** Whose answer this is, once. Without marks it is that of the only request under way. */
export function answered({ server, hasMarks, send }: Hub, ref: unknown): Channel | undefined {
  const known = hasMarks ? (ref as number) : server?.lastRef
  const channel = server?.owed.get(known!)
  if (server?.owed.delete(known!)) send()
  return channel
}

/**
 * Sends what is to be asked for, a frame at a time: the next one once the server has answered all, as what is sent at different times may arrive
 * together where a network stalls.
 */
export function flush(hub: Hub): void {
  const { server, asking, leaving, around, hasMarks } = hub
  if (!server || asking.size + leaving.size === 0) return
  const nowMs = around.nowMs()
  const dueMs = server.owed.size === 0 ? server.nextMs - burstMs : hasMarks ? server.patientMs : Infinity
  server.endWait?.()
  if (nowMs >= dueMs) {
    sendFrame(hub, server, nowMs)
    flush(hub)
  } else if (dueMs < Infinity) server.endWait = around.after(dueMs - nowMs, () => flush(hub))
}

/** Who leaves goes first, as the same entity may be asked for again. */
function sendFrame(hub: Hub, server: Server, nowMs: number): void {
  const { features, owed, frameBytes, extraBytes, secondBytes } = server
  const [type, channels] = hub.leaving.size > 0 ? (['unsubscribe', hub.leaving] as const) : (['subscribe', hub.asking] as const)
  const countMax = features.includes('list') ? listMax : 1
  const requests: string[] = []
  let bytes = listBytes
  for (const channel of channels) {
    const { topic, subscription } = channel
    const members =
      type === 'subscribe' ? { ...topic, ...wishesFor(channel, features) } : subscription === undefined ? topic : { subscription }
    const text = asciiJson({ ...members, ref: hub.hasMarks ? server.lastRef + 1 : undefined })
    if (text.length + listBytes > frameBytes) {
      channels.delete(channel)
      refused(hub, channel, new SluiceError('message_too_big', 'too long for a frame', true), 0)
      continue
    }
    if (requests.length === countMax || (requests.length > 0 && bytes + text.length >= frameBytes)) break
    bytes += text.length + 1
    requests.push(text)
    channels.delete(channel)
    owed.set(++server.lastRef, channel)
    step(hub, channel, 'sent')
  }
  if (requests.length === 0) return
  server.nextMs = Math.max(nowMs, server.nextMs) + ((bytes + extraBytes) / secondBytes) * 1000
  server.patientMs = Math.max(server.nextMs, nowMs + patienceMs)
  const head = `{"type":"${type}",`
  hub.say(requests.length === 1 ? head + requests[0]!.slice(1) : `${head}"subscriptions":[${requests.join()}]}`)
}

/** Each of its characters is a byte, so that its length is known. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(/[^\0-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
