import type { ChangeAnswer, FindingAnswer } from '../../answers.js'
import { rolesText } from '../roles-text.js'
import { cases, trial } from './trial.js'

/** Of one kind more are of use to nobody. */
const shownMax = 50

const signs = { wider: '+ more', narrower: '− less', other: '± otherwise' } as const

/** What would be seen otherwise than now; what is shown once cannot be taken back, so that comes first. */
export function Changes({ changes }: { readonly changes: readonly ChangeAnswer[] }) {
  const roles = new Set(changes.map(({ role }) => role))
  return (
    <section>
      <h2>What this changes</h2>
      {changes.length === 0 ? (
        <p class="note">Nothing: everybody sees what they see now.</p>
      ) : (
        <>
          <p>
            {counted(changes.length, 'field')}, {counted(roles.size, 'role')}
          </p>
          <ul class="plain">
            {changes.slice(0, shownMax).map(({ kind, role, entity_type, path, tags, before, after }) => (
              <li key={`${role}/${entity_type}/${path}`}>
                <strong class={kind === 'narrower' ? 'shows' : 'hides'}>{signs[kind]}</strong> {rolesText([role])}: {entity_type}.{path}{' '}
                {tags.length > 0 && <span class="tag">{tags.join(', ')}</span>}
                <small>
                  {before} → {after}
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

export function Findings({ findings, goTo }: { readonly findings: readonly FindingAnswer[]; readonly goTo: (line: number) => void }) {
  return (
    <section>
      <h2>Findings</h2>
      {findings.length === 0 && <p class="note">None.</p>}
      <ul class="plain">
        {findings.slice(0, shownMax).map(({ severity, line = 1, what, mend }) => (
          <li key={`${line}/${what}`}>
            <button type="button" class="link" onClick={() => goTo(line)}>
              line {line}
            </button>{' '}
            <strong class={severity === 'error' ? 'hides' : ''}>{severity}</strong> {what}
            <small>{mend}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Cases of `sluice policy test`, which run as somebody writes. */
export function CasesPane() {
  const { passed, failed, fault } = trial.value?.cases ?? { passed: 0, failed: [], fault: undefined }
  return (
    <section>
      <h2>Cases{passed + failed.length > 0 && `: ${passed} pass, ${failed.length} ${failed.length === 1 ? 'fails' : 'fail'}`}</h2>
      <ul class="plain">
        {failed.map(({ name, why }) => (
          <li key={name}>
            <strong class="hides">✕ {name}</strong>
            <small>{why}</small>
          </li>
        ))}
      </ul>
      {fault !== undefined && <p class="is-lost">{fault}</p>}
      <textarea
        class="code cases"
        aria-label="Cases for sluice policy test"
        spellcheck={false}
        placeholder="Cases of `sluice policy test`. A field's drawer at Live pins what somebody sees now as one."
        value={cases.value}
        onInput={({ currentTarget }) => (cases.value = currentTarget.value)}
      />
    </section>
  )
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
