import { test } from 'tap'
import { WatchedFile } from '#config/watched-file.js'
import { SimulatedClock } from '../support/running/simulated-clock.js'

function watched() {
  const file: { text: string | undefined; mark: number; why: string } = { text: 'first', mark: 0, why: 'away' }
  const clock = new SimulatedClock()
  const texts: string[] = []
  const told: string[] = []
  const listener = {
    changed: (text: string) => void texts.push(text),
    unreadable: (why: string) => void told.push(why),
    readable: () => void told.push('readable'),
  }
  const read = () => {
    if (file.text === undefined) throw new Error(file.why)
    return file.text
  }
  const markOf = () => String(file.mark)
  const folder = { name: 'a', notify: (): void => undefined, isWatched: false }
  const folderOf = () => folder.name
  const watchFolderOf = (_path: string, changed: () => void) => {
    Object.assign(folder, { notify: changed, isWatched: true })
    return () => void (folder.isWatched = false)
  }
  const watch = new WatchedFile('policy.json', 'first', { markOf, read, folderOf, watchFolderOf }, clock, listener)
  const write = (text: string | undefined) => {
    file.text = text
    file.mark++
  }
  return { clock, file, texts, told, watch, write, folder }
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
  const { texts, told, watch, write } = watched()
  watch.lookNow()
  t.same(texts, ['first'])
  write(undefined)
  watch.lookNow()
  watch.lookNow()
  t.same(told, ['away', 'away'])
  t.same(texts, ['first'])
})

test('tells once for each reason that the file stays unreadable, and once that it is back, whatever it holds then', async (t) => {
  const { clock, file, texts, told, write } = watched()
  write(undefined)
  await clock.advance(200)
  t.same(told, [], 'it may be on its way')
  await clock.advance(5000)
  t.same(told, ['away'])
  file.why = 'a folder'
  await clock.advance(5000)
  t.same(told, ['away', 'a folder'])
  write('first')
  await clock.advance(200)
  t.same(told, ['away', 'a folder', 'readable'])
  t.same(texts, [], 'it is what it was')
  write(undefined)
  await clock.advance(400)
  write('second')
  await clock.advance(200)
  t.same(told.slice(3), ['a folder', 'readable'])
  t.same(texts, ['second'])
})

test('tells of what is away at once where somebody waits for the answer, and not again by itself', async (t) => {
  const { clock, told, watch, write } = watched()
  write(undefined)
  watch.lookNow()
  await clock.advance(5000)
  t.same(told, ['away'])
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
