import { test } from 'tap'
import { WatchedFile } from '../../src/config/watched-file.js'
import { SimulatedClock } from '../support/simulated-clock.js'

function watched() {
  const file: { text: string | undefined; mark: number } = { text: 'first', mark: 0 }
  const clock = new SimulatedClock()
  const texts: string[] = []
  const read = () => {
    if (file.text === undefined) throw new Error('away')
    return file.text
  }
  const markOf = () => String(file.mark)
  const folder = { name: 'a', notify: (): void => undefined, isWatched: false }
  const folderOf = () => folder.name
  const watchFolderOf = (_path: string, changed: () => void) => {
    Object.assign(folder, { notify: changed, isWatched: true })
    return () => void (folder.isWatched = false)
  }
  const watch = new WatchedFile('policy.json', 'first', { markOf, read, folderOf, watchFolderOf }, clock, (text) => void texts.push(text))
  const write = (text: string | undefined) => {
    file.text = text
    file.mark++
  }
  return { clock, texts, watch, write, folder }
}

test('tells of each change once, also when the file was away or half written in between', async (t) => {
  const { clock, texts, write } = watched()
  await clock.advance(200)
  t.same(texts, [], 'the text that is known is no change')
  write(undefined)
  await clock.advance(200)
  write('{"half')
  await clock.advance(200)
  write('second')
  await clock.advance(200)
  t.same(texts, ['{"half', 'second'])
})

test('sees within a fifth of a second what was written before it began to look, or was never notified', async (t) => {
  const { clock, texts, write } = watched()
  write('other')
  await clock.advance(200)
  t.same(texts, ['other'])
})

test('sees a notified change within milliseconds, once it is written whole', async (t) => {
  const { clock, texts, write, folder } = watched()
  await clock.advance(1000)
  write('')
  folder.notify()
  await clock.advance(1)
  write('second')
  folder.notify()
  await clock.advance(3)
  t.same(texts, ['second'])
  write('third')
  folder.notify()
  await clock.advance(4)
  t.same(texts, ['second', 'third'])
})

test('watches the folder that has taken the place of the one before, from the next look on', async (t) => {
  const { clock, texts, write, folder } = watched()
  const { notify: notifyOfTheOld } = folder
  folder.name = 'b'
  await clock.advance(200)
  t.not(folder.notify, notifyOfTheOld)
  t.ok(folder.isWatched)
  write('second')
  folder.notify()
  await clock.advance(4)
  t.same(texts, ['second'])
})

test('answers whoever tells it to read: with the text that is known, and with why it cannot be read', async (t) => {
  const { texts, watch, write } = watched()
  t.equal(watch.lookNow(), undefined)
  t.same(texts, ['first'])
  write(undefined)
  t.match(watch.lookNow(), { message: 'away' })
  t.same(texts, ['first'])
})

test('reads at once when it is told to, whatever the file looks like', async (t) => {
  const { clock, texts, watch, write, folder } = watched()
  await clock.advance(100)
  write('second')
  watch.lookNow()
  t.same(texts, ['second'])
  watch.stop()
  t.notOk(folder.isWatched)
  write('third')
  await clock.advance(1000)
  t.same(texts, ['second'])
})
