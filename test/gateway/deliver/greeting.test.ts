import { test } from 'tap'
import { greetingOf } from '#gateway/deliver/greeting.js'

const limits = { subscriptionsMax: 10, collectionsMax: 5, framesPerSecondMax: 20, frameBytesMax: 30 }

test('tells what this node can, which without tables is less', async (t) => {
  const greeting = greetingOf({ node: 'n', hasState: true, limits })
  t.same(greeting.limits, { subscriptions: 10, frames_per_second: 20, bytes_per_frame: 128, frame_bytes: 30, collections: 5 })
  t.equal(greeting.node, 'n')
  t.ok(greeting.features?.includes('snapshot'))
  t.same(
    greetingOf({ node: 'n', hasState: false, limits }).features,
    greeting.features?.filter((name) => !/^(collections|snapshot|resume)$/.test(name)),
  )
})
