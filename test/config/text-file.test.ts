import { execFileSync } from 'node:child_process'
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { readInput, readTextFile, textFileBytesMax } from '#config/text-file.js'

test('reads a file without the mark of its byte order, and says what cannot be read', (t) => {
  const folder = t.testdir({ 'marked.json': '\ufeff{}\ufeff' })
  t.equal(readTextFile(`${folder}/marked.json`), '{}\ufeff')
  t.equal(refusalOf(`${folder}/none`), `${folder}/none cannot be read (ENOENT: no such file or directory).`)
  t.end()
})

test('refuses what is no file, and never waits for it', (t) => {
  const folder = t.testdir({ 'a.json': '{}', dangling: t.fixture('symlink', 'gone.json'), circle: t.fixture('symlink', 'circle') })
  execFileSync('mkfifo', [`${folder}/pipe`])
  symlinkSync('pipe', `${folder}/link-to-pipe`)
  t.equal(refusalOf(folder), `${folder} cannot be read: it is a folder, not a file.`)
  for (const name of ['pipe', 'link-to-pipe'])
    t.equal(refusalOf(`${folder}/${name}`), `${folder}/${name} cannot be read: it is a pipe, not a file.`)
  for (const name of ['zero', 'null', 'tty']) t.equal(refusalOf(`/dev/${name}`), `/dev/${name} cannot be read: it is a device, not a file.`)
  t.equal(refusalOf(`${folder}/dangling`), `${folder}/dangling cannot be read (ENOENT: it is a link to what is not there).`)
  t.match(refusalOf(`${folder}/circle`), /cannot be read \(ELOOP: too many symbolic links encountered\)\.$/)
  t.match(refusalOf(`${folder}/a.json/b.json`), /cannot be read \(ENOTDIR: not a directory\)\.$/)
  t.match(refusalOf(`${folder}/${'x'.repeat(300)}`), /cannot be read \(ENAMETOOLONG: name too long\)\.$/)
  t.match(refusalOf(`${folder}/a\0.json`), /cannot be read \(/)
  t.end()
})

test('reads as much as its limit and not a byte more, also of what does not say how much it is', (t) => {
  const file = `${t.testdir({})}/a.txt`
  writeFileSync(file, 'x'.repeat(textFileBytesMax))
  t.equal(readTextFile(file).length, textFileBytesMax)
  writeFileSync(file, 'x'.repeat(textFileBytesMax + 1))
  t.equal(refusalOf(file), `${file} has more than 4 MiB, which is all that a file may have here.`)
  truncateSync(file, 2 ** 40)
  t.equal(refusalOf(file), `${file} has more than 4 MiB, which is all that a file may have here.`)
  t.match(readTextFile('/proc/self/status'), /^Pid:\t\d+$/m)
  t.end()
})

test('reads PEM whatever stands around it', (t) => {
  const file = `${t.testdir({})}/ca.pem`
  writeFileSync(file, '# Größe\n-----BEGIN', 'latin1')
  t.equal(readTextFile(file, 'latin1'), '# Größe\n-----BEGIN')
  t.end()
})

test('refuses a file that is not UTF-8 rather than to read other characters', (t) => {
  const file = `${t.testdir({})}/order.avsc`
  for (const [encoding, text] of [['latin1', '{"doc":"Größe"}'] as const, ['utf16le', '\ufeff{}'] as const]) {
    writeFileSync(file, text, encoding)
    t.throws(() => readTextFile(file), { name: 'ConfigurationError', message: `${file} is not UTF-8; save it as that.` })
  }
  writeFileSync(file, '{"doc":"Größe \ufffd"}')
  t.equal(readTextFile(file), '{"doc":"Größe \ufffd"}')
  t.end()
})

function refusalOf(file: string): string {
  try {
    readTextFile(file)
  } catch (error) {
    return (error as Error).name === 'ConfigurationError' ? (error as Error).message : String(error)
  }
  return 'not refused'
}

test('waits for what a shell hands to a command, up to the same limit, and for no other pipe', (t) => {
  const folder = t.testdir({ 'a.json': '{}' })
  execFileSync('mkfifo', [`${folder}/pipe`])
  const room = new URL('../../src/config/text-file.js', import.meta.url).href
  const script = `import { readInput } from '${room}'; process.stdout.write(readInput('/dev/stdin'))`
  const piped = ['-c', 'cat "$1" | "$0" --input-type=module -e "$2"', process.execPath, `${folder}/a.json`, script]
  const reading = (input: string) => {
    writeFileSync(`${folder}/a.json`, input)
    return execFileSync('sh', piped, { stdio: 'pipe' }).toString()
  }
  t.equal(reading('{}'), '{}')
  t.throws(() => reading('x'.repeat(textFileBytesMax + 1)), /more than 4 MiB/)
  for (const name of ['pipe', '']) t.throws(() => readInput(`${folder}/${name}`), /not a file/)
  t.end()
})
