import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { describeMachine, parseAffinity, parseCpuTicks, readCpuTicks, stealShareBetween } from '../../../bench/report/machine.js'

test('reads the steal among all ticks, without counting guests twice', async (t) => {
  const stat = 'cpu  100 10 20 300 5 1 4 60 50 50\ncpu0 1 1 1 1 1 1 1 1 1 1\n'
  t.same(parseCpuTicks(stat), { all: 500, stolen: 60 })
  t.same(parseCpuTicks(''), { all: 0, stolen: 0 })
})

test('gives the share that was stolen between two readings', async (t) => {
  t.equal(stealShareBetween({ all: 1000, stolen: 50 }, { all: 3000, stolen: 150 }), 0.05)
  t.equal(stealShareBetween({ all: 1000, stolen: 50 }, { all: 1000, stolen: 50 }), 0)
})

test('reads the CPUs that the process may use', async (t) => {
  t.equal(parseAffinity('Cpus_allowed:\t3\nCpus_allowed_list:\t0-1,4\nMems_allowed:\t1\n'), '0-1,4')
  t.equal(parseAffinity(''), 'unknown')
})

test('describes this machine and the packages that are installed', async (t) => {
  const machine = describeMachine('.', readCpuTicks())
  t.match(machine, { node: process.versions.node, packages: { kafkajs: /^\d+\.\d+\.\d+$/, 'uWebSockets.js': /^\d/ } })
  t.ok(machine.cores > 0 && machine.memoryBytes > 0)
  t.ok(machine.stealShare >= 0 && machine.stealShare <= 1)
})

test('names the commit, and says when files differ from it', async (t) => {
  const folder = t.testdir({ 'package.json': '{"version":"1.2.3"}' })
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args])
  const described = () => describeMachine(folder, readCpuTicks()).sluice
  git('init', '-q')
  t.equal(described(), '1.2.3')
  git('add', '.')
  git('commit', '-qm', 'first')
  t.match(described(), /^1\.2\.3 [0-9a-f]{7,}$/)
  writeFileSync(join(folder, 'new'), '')
  t.match(described(), /^1\.2\.3 [0-9a-f]{7,} dirty$/)
})
