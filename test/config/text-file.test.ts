import { writeFileSync } from 'node:fs'
import { test } from 'tap'
import { readTextFile } from '../../src/config/text-file.js'

test('reads a file without the mark of its byte order, and says what cannot be read', (t) => {
  const folder = t.testdir({ 'marked.json': '\ufeff{}\ufeff' })
  t.equal(readTextFile(`${folder}/marked.json`), '{}\ufeff')
  t.throws(() => readTextFile(`${folder}/none`), { name: 'ConfigurationError', message: `${folder}/none cannot be read (ENOENT).` })
  t.throws(() => readTextFile(folder), { name: 'ConfigurationError', message: `${folder} cannot be read (EISDIR).` })
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
