import { test } from 'tap'
import { seedEntity, topicsOf, type EntityTopic } from '#entities.js'
import { SubjectAnswers } from '#gateway/decode/catalog/subject-answers.js'
import { SubjectQuestions } from '#gateway/decode/catalog/subject-questions.js'
import { recordingLog } from '../../../support/running/recording-log.js'
import { SimulatedClock } from '../../../support/running/simulated-clock.js'

function questionsOf() {
  const [clock, answers] = [new SimulatedClock(), new SubjectAnswers(recordingLog())]
  const open: { readonly topic: EntityTopic; readonly answer: () => void }[] = []
  const ask = (topic: EntityTopic) => new Promise<void>((answer) => void open.push({ topic, answer }))
  const questions = new SubjectQuestions({ topics: topicsOf(seedEntity('order')), clock, answers, ask })
  const answerAll = () => {
    for (const { answer } of open.splice(0)) answer()
  }
  return { questions, answers, clock, open, answerAll }
}

test('asks once for what is being asked for, whoever wants to know', async (t) => {
  const { questions, answers, open, answerAll } = questionsOf()
  t.ok(answers.isAwaited('order'))
  const asked = [questions.start(), questions.askFor('order'), questions.askFor('order'), questions.askFor('parcel')]
  t.equal(open.length, 3)
  answerAll()
  await Promise.all(asked)
  void questions.askFor('order')
  t.equal(open.length, 3, 'and anew when that is answered')
  questions.stop()
})

test('asks for further topics when they are added, and for all of them in every round', async (t) => {
  const { questions, answers, clock, open, answerAll } = questionsOf()
  const started = questions.start()
  answerAll()
  await started
  const added = questions.add(topicsOf(seedEntity('parcel')))
  t.ok(answers.isAwaited('parcel'))
  t.same([...new Set(open.map(({ topic }) => topic.entity.name))], ['parcel'])
  t.same(questions.types(), ['order', 'parcel'])
  answerAll()
  await added
  await clock.advance(10_000)
  t.equal(open.length, 6)
  questions.stop()
  answerAll()
  await clock.advance(60_000)
  t.equal(open.length, 0)
})
