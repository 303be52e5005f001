import { test } from 'tap'
import { fieldName, pathsKey } from '#policy/rules/field-name.js'
import { fc } from '../../support/running/seeded-properties.js'

test('lists of paths are told apart, whatever their names have', async () => {
  const name = fc
    .string({ unit: fc.constantFrom('a', 'b', ',', ';', '|', '\\', '-', ' ', '\n', '\u0000') })
    .filter((one) => fieldName.test(one))
  const path = fc.array(name, { minLength: 1, maxLength: 2 }).map((steps) => steps.join('.'))
  const paths = fc.array(path, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(paths, paths, (one, other) => {
      if ((pathsKey(one) === pathsKey(other)) !== (JSON.stringify(one) === JSON.stringify(other))) throw new Error('taken for the other')
    }),
    { numRuns: 2_000, examples: [[['a,b'], ['a', 'b']]] },
  )
})
