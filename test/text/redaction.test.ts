import { test } from 'tap'
import { redacted, redactedUrl, Redaction } from '#text/redaction.js'

test('shows of an address where it leads, and neither who asks nor what', async (t) => {
  t.equal(redactedUrl('https://user:pass@login.example:8443/keys?access_token=abc#x'), 'https://login.example:8443/keys?…')
  t.equal(redactedUrl('http://127.0.0.1:8081/apis/ccompat/v7'), 'http://127.0.0.1:8081/apis/ccompat/v7')
  t.equal(redactedUrl('http://user:p/ass@host'), 'http://[redacted]@host', 'it is no URL')
})

test('leaves no login and no secret parameter in a text', async (t) => {
  for (const text of [
    'GET https://user:hidden@host/keys failed',
    'GET https://hidden@host/keys failed',
    'https://user:hid/hidden@den@host',
    'Request cannot be constructed from a URL that includes credentials: https://user:hidden@host/',
    'https://host/keys?access_token=hidden',
    'https://host/keys?a=1&token=hidden&b=2',
    'https://host/keys?x%26client_secret%3Dhidden',
    'https://host/keys?sig=hidden#y',
    'Authorization: Basic hidden',
    '"authorization":"Digest hidden"',
    'a Bearer hidden',
    'bearer%20hidden',
    'bearer.hidden1',
    'JWT_SECRET=hidden is too short',
    'ssl.key.password=hidden',
  ])
    t.notMatch(redacted(text), 'hidden', text)
})

test('leaves what is no secret as it is', async (t) => {
  for (const text of [
    'https://host:8081/keys?page=2&format=json',
    'Kafka cannot be read: connect ECONNREFUSED 127.0.0.1:9092',
    'The topic order.create has 4 partitions = 4 buffers',
    'ann@example.com is not known',
  ])
    t.equal(redacted(text), text)
})

test('leaves a line of JSON what it is, with the secrets that are known out of its values alone', async (t) => {
  const redaction = new Redaction(['msg', 'time', 'a "quoted" \\ one', 'p@ss/wörd', '12345'])
  const line = { time: 12345, msg: 'has a "quoted" \\ one', at: [{ url: 'http://h/p%40ss%2fw%C3%B6rd' }], other: 'some time' }
  const rest = JSON.parse(redaction.line(JSON.stringify(line))) as typeof line
  t.same(rest, { time: 12345, msg: 'has [redacted]', at: [{ url: 'http://h/[redacted]' }], other: 'some [redacted]' })
  t.equal(redaction.line('{"level":30,"topic":"order"}\n'), '{"level":30,"topic":"order"}\n')
})

test('knows what a header of basic authentication is made of', async (t) => {
  t.equal(new Redaction(['ann:secret']).text(Buffer.from('ann:secret').toString('base64')), '[redacted]')
})

test('learns secrets while it is used, and forgets those from the same place that are long over', async (t) => {
  const redaction = new Redaction(['from the start'])
  redaction.learn('a file', ['first one', 'ann:first one'])
  redaction.learn('another file', ['not in "a file"'])
  const shown = () => ['from the start', 'first one', 'second one', 'third one', 'not in "a file"'].map((text) => redaction.text(text))
  t.same(shown(), ['[redacted]', '[redacted]', 'second one', 'third one', '[redacted]'])
  redaction.learn('a file', ['second one', 'ann:second one'])
  redaction.learn('a file', ['second one', 'ann:second one'])
  t.same(shown(), ['[redacted]', '[redacted]', '[redacted]', 'third one', '[redacted]'], 'somebody may still speak of the one before')
  redaction.learn('a file', ['third one', 'ann:third one'])
  t.same(shown(), ['[redacted]', 'first one', '[redacted]', '[redacted]', '[redacted]'])
  t.match(redaction.line('{"msg":"a third one"}'), '{"msg":"a [redacted]"}')
})
