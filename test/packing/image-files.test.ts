import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { installedSize } from '#packing/installed-size.js'
import { copyServer, serverBinaryName, writeImageFiles } from '#packing/image-files.js'

const startAndReceive = fileURLToPath(new URL('../support/gateway/start-and-receive.js', import.meta.url))

/** Of the programs, of what they send and of the code of this machine: what is installed by npm takes 259 MB. */
const bytesMax = 20_000_000

test('what the image holds runs by itself, and holds nothing else', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-image-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  await writeImageFiles(folder)
  const run = spawnSync(process.execPath, [startAndReceive, process.execPath, join(folder, 'dist/src/main.js')], {
    encoding: 'utf8',
    cwd: '/',
  })
  t.equal(run.status, 0, `${run.stdout}${run.stderr}`)
  const version = execFileSync(process.execPath, [join(folder, 'dist/src/sluice.js'), '--version'], {
    encoding: 'utf8',
    cwd: '/',
  })
  t.match(version, /^\d+\.\d+\.\d+\n$/)
  for (const file of ['page-library/client.js', 'console/page/index.html', 'schemas/policy.json', 'LICENSE'])
    t.ok(readFileSync(join(folder, file)).length > 0)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  t.same(
    files.filter((file) => file.includes('uws_')).map((file) => file.replace(/.*\//, '')),
    readdirSync('node_modules/uWebSockets.js/dist/bin').filter((name) => name === serverBinaryName()),
  )
  const { components } = JSON.parse(readFileSync(join(folder, 'sbom.json'), 'utf8')) as { components: { purl: string }[] }
  const purls = components.map(({ purl }) => purl.replace(/@[^@]*$/, ''))
  for (const name of ['kafkajs', 'uws-pack', 'snappy', '%40casl/ability', 'ws']) t.ok(purls.includes(`pkg:npm/${name}`), name)
  t.notOk(purls.some((purl) => purl.includes('aws-sdk')))
  t.equal(new Set(components).size, components.length)
  const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  for (const name of ['kafkajs', 'uws-pack', 'agent-base']) t.match(notices, new RegExp(`^${name} \\d`, 'm'))
  const { bytes } = installedSize(folder)
  const natives = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('@'))
  t.same(natives, ['lz4-napi', 'snappy', 'uWebSockets.js'])
  t.ok(bytes + installedBytes(join(folder, 'node_modules')) < bytesMax, 'it has a limit')
})

test('takes another binary of the server where it is given one', async (t) => {
  const folder = t.testdir({})
  copyServer(folder, Buffer.from('from upstream'))
  const binaries = join(folder, 'node_modules/uWebSockets.js/dist/bin')
  t.same(readdirSync(binaries), [serverBinaryName()])
  t.equal(readFileSync(join(binaries, serverBinaryName()), 'utf8'), 'from upstream')
})

function installedBytes(folder: string): number {
  return Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0])
}
