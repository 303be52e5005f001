import { permittedFieldsOf } from '@casl/ability/extra'
import { subject } from '@casl/ability'
import { answer } from '../harness/child.js'
import { abilityOf } from '../workload/policy.js'
import type { ContenderCommands } from './forked.js'
import { messageOf, readTopic } from './topic-reader.js'
import { UwsListener } from './uws-listener.js'

// What one writes first: each event is decoded, and for each subscriber CASL is asked which fields are permitted, those are picked, written
// as JSON and sent. Frozen: it is the yardstick, and nothing is made faster or slower here.

const listener = new UwsListener()
const abilities = new Map<string, ReturnType<typeof abilityOf>>()
let frames = 0

const commands: ContenderCommands = {
  async listen(brief) {
    await readTopic(brief, (event) => {
      for (const client of listener.rooms.of(event.entity_id)) {
        const fields = permittedFieldsOf(abilityFor(client.getUserData().role), 'read', subject('order', event.data), {
          fieldsFrom: (rule) => rule.fields ?? [],
        })
        client.send(JSON.stringify(messageOf({ ...event, data: pick(event.data, fields) })))
        frames++
      }
    })
    return await listener.listen()
  },
  counts: () => ({ frames, writes: frames, encoded: frames }),
  feed: () => Promise.reject(new Error('it is fed by its topic')),
}

function abilityFor(role: string): ReturnType<typeof abilityOf> {
  let ability = abilities.get(role)
  if (ability === undefined) abilities.set(role, (ability = abilityOf(role)))
  return ability
}

/** In the order of the data, so that frames are what the gateway's are. */
function pick(data: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  const permitted = new Set(fields)
  const picked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(data)) {
    const part = pickAt(value, name, permitted)
    if (part !== undefined) picked[name] = part
  }
  return picked
}

function pickAt(value: unknown, path: string, permitted: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => pickAt(item, path, permitted))
  if (typeof value !== 'object' || value === null) return permitted.has(path) ? value : undefined
  const picked: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const part = pickAt(member, `${path}.${name}`, permitted)
    if (part !== undefined) picked[name] = part
  }
  return Object.keys(picked).length === 0 ? undefined : picked
}

answer(commands)
