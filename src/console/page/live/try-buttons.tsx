import { changePolicy, policy } from '../knowledge.js'
import { hidesAt, withHidden, withoutHidden } from '../policy/policy-text.js'
import { columns, looked } from './people.js'

/** Of the first person: a field that they see now, best one that people think of first. */
const preferred = ['email', 'status']

/** One press, and one column changes. */
export function TryButtons() {
  const { text, may_change } = policy.value ?? {}
  const at = looked()
  const [first] = columns.value
  const [role] = first?.person.roles ?? []
  if (!may_change || text === undefined || at === undefined || role === undefined) return null
  const path = preferred.find((one) => at.type.leaves.some((leaf) => leaf.path === one))
  if (path === undefined) return null
  const hide = { role, type: at.type.entity_type, path }
  const isHidden = hidesAt(text, hide)
  return (
    <button
      type="button"
      class="try"
      aria-pressed={isHidden}
      onClick={() => void changePolicy(isHidden ? withoutHidden(text, hide) : withHidden(text, hide))}
    >
      {isHidden ? `Show ${path} to ${role} again` : `Hide ${path} from ${role}`}
    </button>
  )
}
