import { test } from 'tap'
import type { RoleView, Shown } from '#tools/policy/role-view.js'
import { changesBetween } from '#tools/policy/view-changes.js'

function view(role: string, leaves: Record<string, Shown>): RoleView {
  return {
    role,
    entityType: 'order',
    isAllOrNothing: false,
    leaves: Object.entries(leaves).map(([path, shown]) => ({ path, tags: [], shown })),
  }
}

const when = (text: string) => ({ when: text })

test('tells what is wider first, then what is another condition, then what is narrower', (t) => {
  const before = [view('a', { same: when('x'), gone: 'always', less: 'always', more: when('x'), other: when('x'), hidden: 'never' })]
  const after = [view('a', { same: when('x'), less: when('x'), more: 'always', other: when('y'), hidden: when('x'), added: 'always' })]
  t.same(
    changesBetween(before, after).map(({ kind, path, before: was, after: is }) => [kind, path, was, is]),
    [
      ['wider', 'more', when('x'), 'always'],
      ['wider', 'hidden', 'never', when('x')],
      ['wider', 'added', 'never', 'always'],
      ['other', 'other', when('x'), when('y')],
      ['narrower', 'less', 'always', when('x')],
      ['narrower', 'gone', 'always', 'never'],
    ],
  )
  t.same(changesBetween(before, before), [])
  t.end()
})

test('takes a role that is new for one that saw nothing', (t) => {
  t.match(changesBetween([], [view('b', { id: 'always', margin: 'never' })]), [{ kind: 'wider', role: 'b', path: 'id', before: 'never' }])
  t.match(changesBetween([view('b', { id: 'always' })], []), [{ kind: 'narrower', role: 'b', after: 'never' }])
  t.end()
})
