import { test } from 'tap'
import { higher, lower } from '../../../bench/harness/readings.js'
import { RowBook } from '../../../bench/harness/row-book.js'

test('gathers the rounds of each contender and place, without what is no figure', async (t) => {
  const book = new RowBook()
  book.add('sluice', { rate: 1 }, { cpuCores: lower(0.5, 'cores'), deliveries: higher(Infinity, '1/s') })
  book.add('sluice', { rate: 1 }, { cpuCores: lower(0.7, 'cores'), deliveries: higher(10, '1/s') })
  book.add('sluice', { rate: 2 }, { cpuCores: lower(0.9, 'cores') })
  t.match(book.result(), [
    { contender: 'sluice', at: { rate: 1 }, figures: { cpuCores: { unit: 'cores', rounds: [0.5, 0.7] }, deliveries: { rounds: [10] } } },
    { at: { rate: 2 }, figures: { cpuCores: { rounds: [0.9] } } },
  ])
})
