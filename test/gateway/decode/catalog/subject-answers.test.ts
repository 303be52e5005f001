import { setImmediate } from 'node:timers/promises'
import { test } from 'tap'
import { seedEntity, topicsOf } from '#entities.js'
import { SubjectAnswers } from '#gateway/decode/catalog/subject-answers.js'
import { RegistryError } from '#registry/schema-registry.js'
import { recordingLog } from '../../../support/running/recording-log.js'

const [order, parcel] = [seedEntity('order'), seedEntity('parcel')]
const nothingRegistered = new RegistryError('not_found', 'subject not found')

test('lets those who wait for a type go on when the last of its topics is answered, and no others', async (t) => {
  const answers = new SubjectAnswers(recordingLog())
  answers.await([...topicsOf(order), ...topicsOf(parcel)])
  const over: string[] = []
  for (const name of ['order', 'order', 'parcel']) void answers.whenAnswered(name).then(() => over.push(name))
  const [first, ...others] = topicsOf(order)
  for (const topic of others) answers.noteAnswer(topic)
  answers.noteFailure(first!, new RegistryError('unavailable', 'away'))
  await setImmediate()
  t.same(over, [], 'of one of its topics nothing is known')
  answers.noteFailure(first!, nothingRegistered)
  await setImmediate()
  t.same(over, ['order', 'order'])
  t.ok(answers.isAwaited('parcel'))
})

test('what was not registered can be awaited again, and what was answered is not', async (t) => {
  const answers = new SubjectAnswers(recordingLog())
  const [first, ...others] = topicsOf(order)
  answers.await(topicsOf(order))
  answers.noteFailure(first!, nothingRegistered)
  for (const topic of others) answers.noteAnswer(topic)
  answers.awaitAgain(parcel)
  t.notOk(answers.isAwaited('order'))
  answers.awaitAgain(order)
  t.ok(answers.isAwaited('order'))
  answers.noteAnswer(first!)
  t.notOk(answers.isAwaited('order'), 'the others were answered before')
})
