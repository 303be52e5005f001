import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'tap'
import { uwsBinaries } from '#gateway/deliver/socket/uws/uws-binaries.js'

const folder = 'node_modules/uWebSockets.js/dist/bin'

test('the binaries of uWebSockets.js are those whose hashes are known', async (t) => {
  const loaded = readdirSync(folder).filter((name) => /_(115|127)\.node$/.test(name))
  t.same(loaded.sort(), Object.keys(uwsBinaries).sort())
  for (const name of loaded) {
    const bytes = readFileSync(`${folder}/${name}`)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const gitBlob = createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
    t.same({ sha256, gitBlob }, uwsBinaries[name], name)
  }
})
