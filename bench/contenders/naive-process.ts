import { permittedFieldsOf } from '@casl/ability/extra'
import { subject, type AnyAbility } from '@casl/ability'
import { answer } from '../harness/child.js'
import { memberAbilityOf } from '../workload/member-policy.js'
import { abilityOf } from '../workload/policy.js'
import type { ClientIdentity } from './contender.js'
import type { ContenderCommands } from './forked.js'
import { pick } from './pick.js'
import { messageOf } from './plain-event.js'
import { readTopic } from './topic-reader.js'
import { UwsListener } from './uws-listener.js'

// What one writes first: each event is decoded, and for each subscriber CASL is asked which fields are permitted, those are picked, written
// as JSON and sent. Frozen: it is the yardstick, and nothing is made faster or slower here.

const listener = new UwsListener()
const abilities = new Map<string, AnyAbility>()
let frames = 0

const commands: ContenderCommands = {
  async listen(brief) {
    await readTopic(brief, (event) => {
      for (const client of listener.rooms.of(event.entity_id)) {
        const fields = permittedFieldsOf(abilityFor(client.getUserData()), 'read', subject('order', event.data), {
          fieldsFrom: (rule) => rule.fields ?? [],
        })
        client.send(JSON.stringify(messageOf({ ...event, data: pick(event.data, new Set(fields)) })))
        frames++
      }
    })
    return await listener.listen()
  },
  counts: () => ({ frames, writes: frames, encoded: frames }),
  feed: () => Promise.reject(new Error('it is fed by its topic')),
}

function abilityFor({ role, region = '' }: ClientIdentity): AnyAbility {
  const key = `${role} ${region}`
  let ability = abilities.get(key)
  if (ability === undefined) abilities.set(key, (ability = region === '' ? abilityOf(role) : memberAbilityOf(region)))
  return ability
}

answer(commands)
