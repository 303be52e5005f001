import { test } from 'tap'
import { runPolicy } from '../../../support/tools/policy-run.js'

const rule = { action: 'read', subject: 'order', fields: ['id'] }

test('lint leaves with 0 where nothing is found, and with 1 where something is', async (t) => {
  const dir = t.testdir({
    'good.json': JSON.stringify({ roles: { support: [rule] } }),
    'bad.json': JSON.stringify({ roles: { support: [{ ...rule, fields: ['idd'] }] } }),
    'poor.json': JSON.stringify({ roles: { support: [rule, rule] } }),
    'settings.json': JSON.stringify({ rules: { 'policy/*': 'off' } }),
  })
  t.same(await runPolicy('lint', `${dir}/good.json`), { code: 0, out: 'Nothing was found.\n', err: '' })
  t.equal((await runPolicy('lint', `${dir}/good.json`, '--roles', 'sales, support')).code, 0)
  const bad = await runPolicy('lint', `${dir}/bad.json`)
  t.equal(bad.code, 1)
  t.match(bad.out, /bad\.json:1: error: "idd" names no field of "order"\. \[policy\/unknown-field\]/)
  t.equal((await runPolicy('lint', `${dir}/poor.json`)).code, 0, 'a warning')
  t.equal((await runPolicy('lint', `${dir}/poor.json`, '--strict')).code, 1)
  t.equal((await runPolicy('lint', `${dir}/bad.json`, '--config', `${dir}/settings.json`)).code, 0)
  t.match(JSON.parse((await runPolicy('lint', `${dir}/bad.json`, '--json')).out), { check: 'policy lint', findings: [{ line: 1 }] })
  t.match(
    (await runPolicy('lint', `${dir}/bad.json`, '--roles', 'sales', '--format', 'github')).out,
    /^::error .*unknown-role.*\n::error .*unknown-field/,
  )
})

test('lint leaves with 78 where a file cannot be used, and with 64 when it is used wrongly', async (t) => {
  const dir = t.testdir({ 'policy.json': '{' })
  t.match(await runPolicy('lint', `${dir}/missing.json`), { code: 78, err: /missing\.json cannot be read \(ENOENT/ })
  t.match(await runPolicy('lint', `${dir}/policy.json`), { code: 78, err: /policy's file/ })
  t.match(await runPolicy('lint', `${dir}/policy.json`, '--schemas', `${dir}/none`), { code: 78, err: /none cannot be read/ })
  t.match(await runPolicy('lint'), { code: 78, err: /^policy\.json cannot be read/ })
  t.match(await runPolicy('lint', 'x', 'y'), { code: 64, err: /too many arguments/ })
  t.match(await runPolicy('lint', 'x', '--format', 'xml'), { code: 64, err: /Allowed choices/ })
})
