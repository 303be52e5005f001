import type { LeafView, RoleView, Shown } from './role-view.js'
import { shownText } from './role-view.js'

/** `wider`: somebody may see more than before. `other`: the condition is another one, which may show more or less. */
export type ChangeKind = 'wider' | 'other' | 'narrower'

/** What a role may see of a field, before and after. A field or role that did not exist counts as never shown. */
export interface ViewChange {
  readonly kind: ChangeKind
  readonly role: string
  readonly entityType: string
  readonly path: string
  /** The tags before and after: what a role sees because a tag was taken off is what that tag kept from it. */
  readonly tags: readonly string[]
  readonly before: Shown
  readonly after: Shown
}

const order: readonly ChangeKind[] = ['wider', 'other', 'narrower']

/** All differences. The wider ones come first, as what was once shown cannot be taken back. */
export function changesBetween(before: readonly RoleView[], after: readonly RoleView[]): ViewChange[] {
  const [old, now] = [leavesByName(before), leavesByName(after)]
  const changes = [...new Set([...now.keys(), ...old.keys()])].flatMap((name): ViewChange[] => {
    const [former, current] = [old.get(name), now.get(name)]
    const { role, entityType, leaf } = (current ?? former)!
    const [was, is] = [former?.leaf.shown ?? 'never', current?.leaf.shown ?? 'never']
    if (shownText(was) === shownText(is)) return []
    const tags = [...new Set([former, current].flatMap((one) => one?.leaf.tags ?? []))]
    return [{ kind: changeKind(was, is), role, entityType, path: leaf.path, tags, before: was, after: is }]
  })
  return order.flatMap((kind) => changes.filter((change) => change.kind === kind))
}

interface NamedLeaf {
  readonly role: string
  readonly entityType: string
  readonly leaf: LeafView
}

function leavesByName(views: readonly RoleView[]): Map<string, NamedLeaf> {
  return new Map(
    views.flatMap(({ role, entityType, leaves }) =>
      leaves.map((leaf): [string, NamedLeaf] => [JSON.stringify([role, entityType, leaf.path]), { role, entityType, leaf }]),
    ),
  )
}

function changeKind(before: Shown, after: Shown): ChangeKind {
  if (before === 'never' || after === 'always') return 'wider'
  return after === 'never' || before === 'always' ? 'narrower' : 'other'
}
