import { test } from 'tap'
import { PageLibrary } from '#gateway/deliver/socket/page-library.js'

const library = (code = 'plain') => new PageLibrary({ br: Buffer.from('brotli'), gzip: Buffer.from('gzip'), identity: Buffer.from(code) })
const ask = (asked: { path?: string; acceptEncoding?: string; ifNoneMatch?: string }, of = library()) => {
  const { status, headers, body } = of.answer({ path: '/client.js', acceptEncoding: '', ifNoneMatch: '', ...asked })
  return { status: Number.parseInt(status), headers, body: String(body) }
}

test('is sent as small as the client can read it', async (t) => {
  for (const [acceptEncoding, body, coding] of [
    ['gzip, deflate, br, zstd', 'brotli', 'br'],
    ['gzip;q=1.0, br;q=0.1', 'brotli', 'br'],
    ['gzip, deflate', 'gzip', 'gzip'],
    ['GZIP', 'gzip', 'gzip'],
    ['br;q=0, gzip ; q=0.5', 'gzip', 'gzip'],
    ['*', 'brotli', 'br'],
    ['*;q=0.5, br;q=0', 'gzip', 'gzip'],
    ['br;q=0, *;q=0', 'plain', undefined],
    ['br;q=rubbish, gzip;level=9', 'plain', undefined],
    ['identity', 'plain', undefined],
    ['brr, xgzip', 'plain', undefined],
    ['', 'plain', undefined],
    [`${','.repeat(16_000)}br`, 'plain', undefined],
  ] as const) {
    const answer = ask({ acceptEncoding })
    t.same([answer.status, answer.body, answer.headers['Content-Encoding']], [200, body, coding], acceptEncoding)
    t.equal(answer.headers['Vary'], 'Accept-Encoding')
  }
})

test('may be kept for an hour by its name, and for ever by its hash, which it tells', async (t) => {
  const byName = ask({})
  const location = byName.headers['Content-Location']!
  t.match(byName.headers['Cache-Control'], /^public, max-age=3600$/)
  const byHash = ask({ path: `/${location}` })
  t.match(byHash, { status: 200, body: 'plain', headers: { 'Cache-Control': /max-age=31536000, immutable$/ } })
  const replaced = ask({ path: `/${location}` }, library('another version'))
  t.equal(replaced.status, 404)
  t.equal(replaced.headers['Cache-Control'], 'no-store', 'a node of that version may come')
})

test('is not sent to whoever has it', async (t) => {
  const { headers } = ask({ acceptEncoding: 'br' })
  const tag = headers['ETag']!
  for (const ifNoneMatch of [tag, `W/${tag}`, `"another", ${tag}`])
    t.match(ask({ acceptEncoding: 'br', ifNoneMatch }), { status: 304, body: '', headers: { ETag: tag, Vary: 'Accept-Encoding' } })
  for (const [asked, of] of [
    [{ acceptEncoding: 'gzip', ifNoneMatch: tag }, library()],
    [{ acceptEncoding: 'br', ifNoneMatch: tag }, library('another version')],
    [{ acceptEncoding: 'br', ifNoneMatch: tag.slice(1, -1) }, library()],
  ] as const)
    t.equal(ask(asked, of).status, 200)
})

test('is a module that pages of any origin may import', async (t) => {
  t.match(ask({}).headers, {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Access-Control-Allow-Origin': '*',
    'X-Content-Type-Options': 'nosniff',
  })
})

test('cannot be read from a build that is not whole', async (t) => {
  const folder = t.testdir({ 'client.js': '' })
  t.throws(() => PageLibrary.read(folder), { code: 'ENOENT' })
})
