import { test } from 'tap'
import { readTextFile } from '../../src/config/text-file.js'

test('reads a file without the mark of its byte order, and says what cannot be read', (t) => {
  const folder = t.testdir({ 'marked.json': '\ufeff{}\ufeff' })
  t.equal(readTextFile(`${folder}/marked.json`), '{}\ufeff')
  t.throws(() => readTextFile(`${folder}/none`), { name: 'ConfigurationError', message: `${folder}/none cannot be read (ENOENT).` })
  t.throws(() => readTextFile(folder), { name: 'ConfigurationError', message: `${folder} cannot be read (EISDIR).` })
  t.end()
})
