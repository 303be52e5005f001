import type { TypeAnswer } from '../../answers.js'
import { policy } from '../knowledge.js'
import { rolesText } from '../roles-text.js'
import { placeNow } from '../session.js'
import { hidesAt, withHidden, withoutHidden } from '../policy/policy-text.js'
import { amend } from '../policy/trial.js'
import { columns, looked } from './people.js'

/** Of the first person: a field that people think of first. */
const preferred = ['email', 'status']

/** One press, and one column changes. */
export function TryButtons() {
  const { text, may_change } = policy.value ?? {}
  const at = looked()
  const [first] = columns.value
  const [role] = first?.person.roles ?? []
  if (!may_change || text === undefined || at === undefined || role === undefined) return null
  const path = fieldToHide(at.type)
  if (path === undefined) return null
  const hide = { role, type: at.type.entity_type, path }
  const isHidden = hidesAt(text, hide)
  return (
    <button
      type="button"
      class="try"
      aria-pressed={isHidden}
      onClick={() => void amend((now) => (isHidden ? withoutHidden(now, hide) : withHidden(now, hide)))}
    >
      {isHidden ? `Show ${path} to ${rolesText([role])} again` : `Hide ${path} from ${rolesText([role])}`}
    </button>
  )
}

/** Of somebody's own records one that is tagged, as the first person there sees all; or else the last, as what comes first is mostly the id. */
function fieldToHide({ leaves }: TypeAnswer): string | undefined {
  const known = preferred.find((path) => leaves.some((leaf) => leaf.path === path))
  if (placeNow() !== 'look') return known
  return leaves.find(({ tags }) => tags.length > 0)?.path ?? known ?? leaves.at(-1)?.path
}
