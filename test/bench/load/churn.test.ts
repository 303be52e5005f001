import { test } from 'tap'
import { Churn } from '../../../bench/load/churn.js'
import { until } from '../../support/running/until.js'

test('each connection subscribes to an entity of its own and then unsubscribes from it, in turn', async (t) => {
  const asked: string[] = []
  const connections = [0, 1].map((index) => ({ ask: (type: string, entity: number) => void asked.push(`${index} ${type} ${entity}`) }))
  const churn = new Churn(connections, { perSecond: 500, firstEntity: 70 })
  await until(() => churn.requests >= 5)
  churn.stop()
  t.same(asked.slice(0, 5), ['0 subscribe 70', '1 subscribe 71', '0 unsubscribe 70', '1 unsubscribe 71', '0 subscribe 70'])
  t.equal(asked.length, churn.requests)
})
