import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { buildInfo } from '#gateway/observe/build-info.js'

test('has the version of the package that the code belongs to, however deep it stands there', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  t.same(buildInfo('ws'), { version, node: process.version, server: 'ws' })
  const dir = t.testdir({ 'package.json': '{"version":"7.8.9"}', dist: { src: { 'main.js': '' } }, odd: { 'package.json': '{}' } })
  t.equal(buildInfo('ws', pathToFileURL(`${dir}/dist/src/main.js`).href).version, '7.8.9')
  t.equal(buildInfo('ws', pathToFileURL(`${dir}/odd/main.js`).href).version, 'unknown')
  t.equal(buildInfo('ws', 'file:///main.js').version, 'unknown')
})
