import { test } from 'tap'
import { CompiledSchema } from '#gateway/decode/schemas/compiled-schema.js'
import type { EntityDefinition } from '#entities.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

// Tags beside a schema against their plainest reading: each way to a leaf is written out, with each name that may stand before it.

interface Field {
  readonly name: string
  readonly type: unknown
}
interface Record {
  readonly name: string
  readonly fields: readonly Field[]
}

const fieldName = fc.constantFrom('a', 'b', 'c')
/** Records of few names, so that paths meet them: `R0` to `R3`, each holding those after it, once written out and then by name. */
const schemaArbitrary = fc
  .array(fc.uniqueArray(fc.tuple(fieldName, fc.nat(4), fc.nat(3)), { selector: ([name]) => name, minLength: 1, maxLength: 3 }), {
    minLength: 4,
    maxLength: 4,
  })
  .map((shapes) => shapes.map((fields, index) => ({ index, fields })))

const step = fc.constantFrom('a', 'b', 'c', '*', '**', 'n', 'R0', 'R1', 'R2', 'R3')
const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('.'))

type Shape = readonly { readonly index: number; readonly fields: readonly (readonly [string, number, number])[] }[]

/** Each record is defined where it is met first. */
function written(shape: Shape): Record {
  const defined = new Set<number>()
  const record = (index: number): unknown => {
    if (defined.has(index)) return `n.R${index}`
    defined.add(index)
    const fields = shape[index]!.fields.map(([name, kind, next]) => ({ name, type: typeOf(kind, index + 1 + next) }))
    return { type: 'record', name: `R${index}`, namespace: 'n', fields }
  }
  const typeOf = (kind: number, next: number): unknown => {
    if (kind < 2 || next >= shape.length) return 'int'
    if (kind === 2) return record(next)
    return kind === 3 ? { type: 'array', items: ['null', record(next)] } : ['int', record(next)]
  }
  return record(0) as Record
}

/** Each leaf with all texts that a path may match or begin. */
function candidatesOf(shape: Shape): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const note = (leaf: string, texts: Iterable<string>) => {
    const known = found.get(leaf) ?? new Set<string>()
    for (const text of texts) known.add(text)
    found.set(leaf, known)
  }
  const walk = (index: number, at: string, holders: readonly { readonly index: number; readonly depth: number }[]) => {
    const inner = [...holders, { index, depth: at === '' ? 0 : at.split('.').length }]
    for (const [name, kind, next] of shape[index]!.fields) {
      const leaf = at === '' ? name : `${at}.${name}`
      const isRecord = kind >= 2 && index + 1 + next < shape.length
      if (!isRecord || kind === 4) {
        const rests = inner.map((one) => [one.index, leaf.split('.').slice(one.depth).join('.')] as const)
        note(leaf, [leaf, ...rests.flatMap(([one, rest]) => [`R${one}.${rest}`, `n.R${one}.${rest}`])])
      }
      if (isRecord) walk(index + 1 + next, leaf, inner)
    }
  }
  walk(0, '', [])
  return found
}

/** A name is met as a whole: what ends within it, other than by `**`, has met nothing. */
function matches(path: string, candidate: string): boolean {
  const [steps, target] = [path.split('.'), candidate.split('.')]
  const nameSteps = target[0] === 'n' ? 2 : /^R\d$/.test(target[0]!) ? 1 : 0
  const ends = target.map((_step, index) => index + 1).filter((length) => length >= nameSteps)
  return (nameSteps === 0 ? [0, ...ends] : ends).some((length) => exactly(steps, target.slice(0, length)))
}

function exactly([first, ...rest]: readonly string[], steps: readonly string[]): boolean {
  if (first === undefined) return steps.length === 0
  if (first === '**') return exactly(rest, steps) || (steps.length > 0 && exactly([first, ...rest], steps.slice(1)))
  return steps.length > 0 && (first === '*' || first === steps[0]) && exactly(rest, steps.slice(1))
}

const entity: EntityDefinition = { name: 'thing', layout: 'single-topic', envelope: 'none', topic: 'things' }

test('tags beside a schema are on the leaves that their plainest reading says', (t) => {
  fc.assert(
    fc.property(schemaArbitrary, fc.dictionary(path, fc.subarray(['PII', 'SECRET']), { maxKeys: 4 }), (shape, tags) => {
      const registered = { id: 1, schema: JSON.stringify(written(shape)), references: [], metadata: { tags } }
      const compiled = new CompiledSchema(registered, 'number', () => [])
      compiled.noteTags('its id', compiled.tagsOf(registered))
      const schema = compiled.branches[0]!.envelope(entity).schema!
      const candidates = candidatesOf(shape)
      for (const [leaf, name] of schema.leaves.entries()) {
        for (const tag of ['PII', 'SECRET']) {
          const paths = Object.keys(tags).filter((one) => tags[one]!.includes(tag))
          const expected = paths.some((one) => [...candidates.get(name)!].some((candidate) => matches(one, candidate)))
          const found = schema.tags.get(tag)?.has(leaf) === true
          if (found !== expected) throw new Error(`${name} ${tag}: ${found} in ${JSON.stringify([written(shape), tags])}`)
        }
      }
    }),
    { numRuns: fuzzRuns(300) },
  )
  t.end()
})

test('whatever stands beside a schema hides what it may mean, and says so', (t) => {
  const schema = JSON.stringify({
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a', type: 'int' },
      { name: 'b', type: 'int' },
    ],
  })
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('a', ['PII'], null))
  const metadata = fc.oneof(anything, fc.record({ tags: fc.oneof(anything, fc.dictionary(fc.oneof(path, fc.string()), anything)) }))
  fc.assert(
    fc.property(metadata, (came) => {
      const registered = { id: 1, schema, references: [], metadata: came }
      const compiled = new CompiledSchema(registered, 'number', () => [])
      compiled.noteTags('its id', compiled.tagsOf(registered))
      const one = compiled.branches[0]!.envelope(entity).schema!
      const { tags, leaves, doubts } = one
      const text = JSON.stringify(
        (came as { tags?: unknown } | null)?.tags ?? (typeof came === 'object' && !Array.isArray(came) ? null : came),
      )
      const isNamed = text.includes('"PII"')
      const isSeen = one.mayCarry('PII') || tags.has('PII') || doubts.some((doubt) => doubt.includes('meets none'))
      if (isNamed && !isSeen && !isKeyAlone(came)) throw new Error(JSON.stringify([came, [...tags], doubts]))
      if (one.mayCarry('PII') && doubts.length === 0) throw new Error('not said')
      for (const set of tags.values()) for (const leaf of set) if (leaf >= leaves.length) throw new Error('no leaf')
    }),
    { numRuns: fuzzRuns(300) },
  )
  t.end()
})

/** PII may stand where it is the name of a path that carries no tags. */
function isKeyAlone(came: unknown): boolean {
  const tags = (came as { tags?: unknown } | null)?.tags
  return typeof tags === 'object' && tags !== null && !JSON.stringify(Object.values(tags)).includes('"PII"')
}
