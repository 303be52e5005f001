import { test } from 'tap'
import { parseKnob } from '../../../bench/scenarios/knobs.js'

test('takes times and rates with fractions, and whole numbers of all else', async (t) => {
  t.equal(parseKnob('seconds', '0.5'), 0.5)
  t.equal(parseKnob('clients', '100'), 100)
  t.throws(() => parseKnob('clients', '2.5'), { message: 'It must be a whole number.' })
})

test('refuses what is no number above 0', async (t) => {
  for (const text of ['0', '-1', 'many', 'Infinity'])
    t.throws(() => parseKnob('seconds', text), { message: 'It must be a number above 0.' })
})

test('refuses more roles than the policy has, whose clients would be refused every subscription', async (t) => {
  t.equal(parseKnob('roles', '3'), 3)
  t.throws(() => parseKnob('roles', '4'), { message: 'It must be 3 at the most.' })
})
