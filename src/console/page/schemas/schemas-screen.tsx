import { useSignal } from '@preact/signals'
import type { PendingAnswer, TypeAnswer, VersionAnswer } from '../../answers.js'
import { show } from '../address.js'
import { isTold, pending, refreshTypes, types } from '../knowledge.js'
import { rolesText } from '../roles-text.js'
import { ask, placeNow, sentenceOf } from '../session.js'
import { Waiting } from '../waiting.js'

/** What data teams come back for: what upstream has added, which nobody is shown until somebody decides. */
export function SchemasScreen() {
  if (!isTold.value) return <Waiting />
  return (
    <section class="schemas">
      <p class="lead">What is streamed. A new field is hidden from each role until a rule of it names the field, itself or by a pattern.</p>
      <Pending fields={pending.value} />
      {types.value.map((type) => (
        <Type key={type.entity_type} type={type} />
      ))}
    </section>
  )
}

function Pending({ fields }: { readonly fields: readonly PendingAnswer[] }) {
  return (
    <section>
      <h2>Fields that no rule names: {fields.length}</h2>
      {fields.length === 0 && <p class="note">None: somebody has decided about each field.</p>}
      <ul class="plain">
        {fields.map(({ entity_type, path, tags, looks_personal }) => (
          <li key={`${entity_type}.${path}`}>
            <span class="hidden">
              {entity_type}.{path}
            </span>{' '}
            {tags.map((tag) => (
              <span class="tag" key={tag}>
                {tag}
              </span>
            ))}{' '}
            {looks_personal && <strong class="hides">⚑ looks personal </strong>}
            <button type="button" class="link" onClick={() => show({ screen: 'policy' })}>
              decide
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Type({ type }: { readonly type: TypeAnswer }) {
  const { entity_type, versions, leaves } = type
  return (
    <section>
      <h2>
        {entity_type} · {versions.length} {versions.length === 1 ? 'version' : 'versions'} in use · {leaves.length} fields
      </h2>
      <ul class="plain">
        {[...versions].reverse().map((version, index) => (
          <Version key={versions.length - index} version={version} isFirst={index === versions.length - 1} />
        ))}
      </ul>
      {placeNow() === 'shop' && <AddField entityType={entity_type} />}
    </section>
  )
}

function Version({ version, isFirst }: { readonly version: VersionAnswer; readonly isFirst: boolean }) {
  if (isFirst) return <li class="note">the first version that is used here</li>
  return (
    <li>
      {version.added.map(({ path, shown_to }) => (
        <p key={path}>
          + <strong>{path}</strong>{' '}
          {shown_to.length === 0 ? (
            <span class="hidden">hidden from everybody: no rule names it</span>
          ) : (
            `is shown to ${rolesText(shown_to)}, whose rules name it, and hidden from all others`
          )}
        </p>
      ))}
      {version.removed.map((path) => (
        <p key={path}>− {path}</p>
      ))}
    </li>
  )
}

/** In the sample shop, as a data team does it one day. */
function AddField({ entityType }: { readonly entityType: string }) {
  const said = useSignal('')
  const add = async (): Promise<void> => {
    try {
      const { path } = await ask<{ path: string }>('sample/field', { entity_type: entityType })
      said.value = `${entityType}.${path} is registered, and the shop writes it: look at Live.`
      refreshTypes()
    } catch (error) {
      said.value = sentenceOf(error)
    }
  }
  return (
    <p>
      <button type="button" onClick={() => void add()}>
        Register a version with a new field
      </button>{' '}
      <span role="status">{said}</span>
    </p>
  )
}
