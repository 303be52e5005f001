import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { test } from 'tap'

/** What it must not grow beyond, minified and compressed. The aim is 7,200. */
const bytesMax = 11_620

async function bundle(format: 'esm' | 'iife'): Promise<string> {
  const entryPoints = ['dist/src/client/sluice-client.js']
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    format,
    globalName: 'sluice',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]!.text
}

test('is small, and holds none of the server’s texts', async (t) => {
  const code = await bundle('esm')
  const { length } = gzipSync(code, { level: 9 })
  t.ok(length <= bytesMax, `${length} bytes`)
  t.notMatch(code, /The token is not valid|valibot|Your rights show nothing/)
})

test('is imported, made and rendered where there is no window, no process and no address', async (t) => {
  const use = `const client = new sluice.SluiceClient('ws://gateway', { token: 'x' })
    const order = client.entity('order', 'o1')
    const changes = client.subscribe('order', 'o1')
    JSON.stringify([client.state.getSnapshot(), order.getSnapshot(), order === client.entity('order', 'o1'), order.getSnapshot() === order.getSnapshot(), order.getServerSnapshot() === order.getServerSnapshot(), typeof changes['@@observable']])`
  const shown: unknown = JSON.parse(runInNewContext(`${await bundle('iife')};${use}`, {}) as string)
  t.same(shown, [{ status: 'idle' }, { status: 'waiting' }, true, true, true, 'function'])
})

/** What came into the language after ES2022, of which a bundler makes nothing older. */
const younger =
  /\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced|with|withResolvers|groupBy|isWellFormed|toWellFormed|isSubsetOf|union|intersection)\(/g

test('uses nothing that came into the language after ES2022', async (t) => {
  t.same((await bundle('esm')).match(younger), null)
})
