import { test } from 'tap'
import { answerFrame } from '#gateway/authorize/entity-update.js'
import { FrameJoiner } from '#gateway/deliver/connection/frame-joiner.js'

const [a, b] = ['{"type":"a"}', '{"type":"é"}'].map((text) => answerFrame(text)) as [
  ReturnType<typeof answerFrame>,
  ReturnType<typeof answerFrame>,
]

test('joins messages to a JSON array, be it of one', (t) => {
  const joiner = new FrameJoiner()
  t.equal(Buffer.from(joiner.join([a, b]).bytes).toString(), '[{"type":"a"},{"type":"é"}]')
  t.equal(Buffer.from(joiner.join([b]).bytes).toString(), '[{"type":"é"}]')
  t.equal(joiner.join([b]).size, Buffer.byteLength('[{"type":"é"}]'))
  t.end()
})

test('joins the same messages once, for all that are sent them one after the other', (t) => {
  const joiner = new FrameJoiner()
  const joined = joiner.join([a, b])
  t.equal(joiner.join([a, b]), joined)
  t.not(joiner.join([b, a]), joined)
  t.not(joiner.join([a]), joined)
  t.not(joiner.join([a, b]).bytes, joined.bytes, 'only the latest is kept')
  t.end()
})
