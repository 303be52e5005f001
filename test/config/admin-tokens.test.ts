import { test } from 'tap'
import { adminTokensIn } from '#config/admin-tokens.js'
import { configOf, kafkaEnvironment, refusalOf } from '../support/tools/config-reader.js'

const [one, other] = ['o'.repeat(43), 't'.repeat(32)]

test('reads a token a line, with its label and its rights', async (t) => {
  const text = `# who may look\r\n\r\nann  view\t${one}\r\n  bob view,act ${other}  \n#old view ${other}`
  t.same(
    adminTokensIn(text).map(({ label, rights, token }) => [label, [...rights], token]),
    [
      ['ann', ['view'], one],
      ['bob', ['view', 'act'], other],
    ],
  )
})

test('says in one sentence which line is wrong, and nothing of what stands there', async (t) => {
  const secret = 'S3cret'.repeat(8)
  const wrong: Readonly<Record<string, RegExp>> = {
    '': /without any token/,
    '# nobody': /without any token/,
    [secret]: /line 1: it must have three parts/,
    [`ann ${secret}`]: /line 1: it must have three parts/,
    [`ann view ${secret} ${secret}`]: /line 1: it must have three parts/,
    [`ann view, act ${secret}`]: /line 1: it must have three parts/,
    [`ann act ${secret}`]: /line 1: its rights must be "view" or "view,act"/,
    [`ann act,view ${secret}`]: /line 1: its rights/,
    [`ann toString ${secret}`]: /line 1: its rights/,
    [`ann ${secret} view`]: /line 1: its rights/,
    [`\n# x\nann view ${secret.slice(0, 31)}`]: /line 3: its token has 31 bytes; it must have at least 32/,
    [`ann view ${'S3cret'.repeat(200)}`]: /line 1: its token has 1200 bytes; it may have 1024/,
    [`ann view ${secret}ü`]: /line 1: its token must be of ASCII/,
    [`${secret}${secret} view ${secret}`]: /line 1: its label must have 1 to 64/,
    [`a\u202en view ${secret}`]: /line 1: its label must have/,
    [`ann view ${secret}\nann view ${one}`]: /line 2: its label stands in a line before/,
    [`ann view ${secret}\nbob view ${secret}`]: /line 2: its token stands in a line before/,
    [Array.from({ length: 101 }, (_, n) => `n${n} view ${secret}${n}`).join('\n')]: /line 101: there are more than 100/,
  }
  for (const [text, sentence] of Object.entries(wrong)) {
    const refusal = refusalOf({ ADMIN_TOKEN_FILE: 'admins' }, { admins: text })
    t.match(refusal, sentence, text)
    t.notMatch(refusal, /S3cret/)
    t.notMatch(refusal, /not refused|\n/)
  }
  t.match(refusalOf({ ADMIN_TOKEN_FILE: 'none' }), /ADMIN_TOKEN_FILE names the file "none", which cannot be read/)
})

test('there are tokens only where somebody configured them, and no line of the log may show one', async (t) => {
  t.same(configOf(kafkaEnvironment).admin, { tokenFile: undefined, gatewayUrl: undefined })
  const files = { 'policy.json': '{"roles":{}}', admins: `ann view ${one}` }
  const { admin, secrets } = configOf({ ...kafkaEnvironment, ADMIN_TOKEN_FILE: 'admins' }, files)
  t.match(admin.tokenFile, { path: 'admins', text: files.admins, tokens: [{ label: 'ann', token: one }] })
  t.ok(secrets.includes(one))
})

test('the page may be told where the gateway is', async (t) => {
  for (const [value, url] of [
    ['wss://live.example', 'wss://live.example'],
    ['wss://live.example/sluice/', 'wss://live.example/sluice'],
    ['ws://10.0.0.1:8080', 'ws://10.0.0.1:8080'],
  ] as const)
    t.equal(configOf({ CONSOLE_GATEWAY_URL: value }).admin.gatewayUrl, url)
  for (const value of ['https://live.example', 'live.example', 'wss://', 'wss://a:b@live.example', 'wss://live.example?x', 'wss://x/#y'])
    t.match(refusalOf({ CONSOLE_GATEWAY_URL: value }), 'it must be a URL that begins with ws:// or wss://', value)
})
