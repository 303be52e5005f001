import { useSignal } from '@preact/signals'
import type { ViewAnswer } from '../../answers.js'
import { FieldPath } from '../field-path.js'
import { rolesText } from '../roles-text.js'

/** Which role may see which field: always, never, or under a condition. */
export function WhoTable({ views }: { readonly views: readonly ViewAnswer[] }) {
  const chosen = useSignal(0)
  const view = views[chosen.value] ?? views[0]
  if (view === undefined) return null
  return (
    <section class="who">
      <h2>
        Who may see{' '}
        <select
          aria-label="Of which type"
          value={view.entity_type}
          onChange={({ currentTarget }) => (chosen.value = currentTarget.selectedIndex)}
        >
          {views.map(({ entity_type }) => (
            <option key={entity_type}>{entity_type}</option>
          ))}
        </select>
      </h2>
      <p class="legend">By role: ● always · ◐ under a condition · ○ never</p>
      <div class="scrolled" tabIndex={0} role="region" aria-label={`Who may see ${view.entity_type}`}>
        <table class="figures by-role">
          <thead>
            <tr>
              <th scope="col">field</th>
              {view.roles.map((role) => (
                <th scope="col" key={role}>
                  {rolesText([role])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.leaves.map(({ path, shown }) => (
              <tr key={path}>
                <th scope="row">
                  <FieldPath path={path} />
                </th>
                {shown.map((text, role) => (
                  <td key={view.roles[role]} data-name={rolesText([view.roles[role]!])} class={text === 'never' ? 'hidden' : ''}>
                    {text === 'always' ? '● always' : text === 'never' ? '○ never' : <>◐ {text}</>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
