import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { promisesNow } from '#packing/promises.js'

const script = fileURLToPath(new URL('../../src/packing/release.js', import.meta.url))

test('makes a version and its tag of what is committed on main, once', async (t) => {
  const exported = Object.fromEntries(Object.keys(promisesNow().exports).map((path) => [path, './x.js']))
  const folder = t.testdir({
    'package.json': JSON.stringify({ name: 'x', version: '0.1.0', exports: exported }),
    'README.md': 'sluice:0.1.0, VERSION=0.1.0, sluice-client-0.1.0.tgz, node:0.1.0\n',
    '.deploy': {
      'CHANGELOG.md': '# Changes\n\n## Unreleased\n\n- something\n',
      chart: { 'Chart.yaml': 'name: x\nversion: 0.1.0\nappVersion: 0.1.0\n' },
      'promises.json': JSON.stringify({ ...promisesNow(), features: {} }),
    },
  })
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim()
  git('init', '--quiet', '--initial-branch', 'main')
  for (const [name, value] of Object.entries({ 'user.name': 't', 'user.email': 't@example.com' })) git('config', name, value)
  git('add', '-A')
  git('commit', '--quiet', '-m', 'All')
  const release = (version: string) => spawnSync(process.execPath, [script, version], { cwd: folder, encoding: 'utf8' })
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')

  writeFileSync(join(folder, 'new.txt'), '')
  t.match(release('0.2.0'), { status: 1, stderr: 'There are changes that are not committed.\n' })
  git('add', '-A')
  git('commit', '--quiet', '-m', 'More')
  t.match(release('0.2.0'), { status: 0, stdout: /tagged as v0\.2\.0/ })
  t.same([git('describe', '--tags'), git('status', '--porcelain'), git('log', '-1', '--format=%s')], ['v0.2.0', '', 'Version 0.2.0.'])
  t.match(JSON.parse(read('package.json')), { version: '0.2.0' })
  t.equal(read('.deploy/chart/Chart.yaml'), 'name: x\nversion: 0.2.0\nappVersion: 0.2.0\n')
  t.equal(read('README.md'), 'sluice:0.2.0, VERSION=0.2.0, sluice-client-0.2.0.tgz, node:0.1.0\n')
  t.match(read('.deploy/CHANGELOG.md'), /^# Changes\n\n## Unreleased\n\n## 0\.2\.0, \d{4}-\d\d-\d\d\n\n- something\n$/)
  t.same(JSON.parse(read('.deploy/promises.json')), JSON.parse(JSON.stringify(promisesNow())))
  t.match(release('0.3.0'), { status: 1, stderr: /says nothing of what is to come/ })
  git('switch', '--quiet', '--create', 'other')
  git('tag', 'v0.2.1')
  t.match(release('0.2.1'), { status: 1, stderr: /made on main\.\nThere is a tag v0\.2\.1 already\./ })
})
