import { test } from 'tap'
import { newLog } from '#logging/open-log.js'
import { Redaction } from '#text/redaction.js'
import { fuzzRuns } from '../support/running/fuzz-runs.js'
import { fc } from '../support/running/seeded-properties.js'

// Tokens and passwords at any place of what is logged, in any writing that somebody can make a token of again.

const base64url = (text: string) => Buffer.from(text).toString('base64url')
const base64urlPart = fc.stringMatching(/^[A-Za-z0-9_-]{20,60}$/)
const header = fc
  .tuple(
    fc.constantFrom('{', '{ ', '{\n', '{\r\n  ', '{\t'),
    fc.constantFrom('HS256', 'RS256', 'none'),
    fc.stringMatching(/^[a-z0-9]{0,20}$/),
  )
  .map(([start, alg, kid]) => `${start}"alg":"${alg}","kid":"${kid}"}`)
const payload = fc.string({ minLength: 8 }).map((sub) => JSON.stringify({ sub, roles: ['a'] }))

/** What must not be read, in any case; and a token that holds it. */
const token = fc.tuple(header, payload, base64urlPart).map(([its, claims, signature]) => ({
  hidden: [base64url(claims), signature],
  text: `${base64url(its)}.${base64url(claims)}.${signature}`,
}))

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
const writing = fc.constantFrom<((text: string) => string)[]>(
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => text.replaceAll('.', '%2E'),
  (text) => text.replaceAll('.', '%252e'),
  (text) => text.replace(/[\s\S]/g, percent),
  (text) => encodeURIComponent(text.replace(/[aeiouy.]/g, percent)),
  (text) => encodeURIComponent(encodeURIComponent(text.replaceAll('.', '%2e'))),
)
const around = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'Bearer ',
    'bearer.',
    'token=',
    '?access_token=',
    '%0a',
    '\n',
    '"',
    '\\',
    '/',
    'x',
    'eyJ',
    '.',
    '%',
    '%25',
    '\ud800',
  ),
  fc.string({ maxLength: 20, unit: 'grapheme' }),
)
const writtenToken = fc.tuple(token, writing, around, around).map(([{ hidden, text }, write, before, after]) => ({
  hidden,
  secrets: [] as string[],
  text: before + write(text) + after,
}))

const password = fc
  .string({ minLength: 4, maxLength: 40, unit: 'grapheme' })
  .filter((text) => !/\p{Surrogate}/u.test(text) && !'[redacted]'.includes(text))
const knownPassword = fc.tuple(password, around, around, fc.boolean()).map(([secret, before, after, encoded]) => ({
  hidden: [encoded ? encodeURIComponent(secret) : secret],
  secrets: [secret],
  text: before + (encoded ? encodeURIComponent(secret) : secret) + after,
}))
const unknownLogin = fc
  .tuple(fc.stringMatching(/^[a-z]{1,9}$/), fc.stringMatching(/^[A-Za-z0-9!$&'()*+,;=:@/?#[\]%_.~-]{10,30}$/))
  .map(([user, secret]) => ({
    hidden: [secret],
    secrets: [] as string[],
    text: `https://${user}:${secret}@login.example/keys`,
  }))

const places: readonly ((text: string) => readonly [Record<string, unknown>, string])[] = [
  (text) => [{}, text],
  (text) => [{ client_id: text }, 'said'],
  (text) => [{ deep: { list: ['a', { text }] } }, 'said'],
  (text) => [{ err: new Error(text, { cause: new TypeError(`because of ${text}`) }) }, 'failed'],
  (text) => [{ err: Object.assign(new Error('failed'), { url: text, config: { headers: [text] } }) }, 'failed'],
  (text) => [{ [text]: 1 }, 'said'],
  (text) => [{ sub: text, reason: `The answer was ${text}.` }, `A sentence with ${text}, and more`],
]

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, member]) => [name, ...textsIn(member)]) : []
}

/** As it stands, and as often decoded as somebody may have encoded it. */
function readings(text: string): string[] {
  const decoded = (one: string) => one.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  const [once, twice] = [decoded(text), decoded(decoded(text))]
  return [text, once, twice, decoded(twice)]
}

test('no line of the log holds a token or a password, wherever it stood and however it was written', (t) => {
  fc.assert(
    fc.property(fc.oneof(writtenToken, knownPassword, unknownLogin), fc.constantFrom(...places), ({ hidden, secrets, text }, place) => {
      const lines: string[] = []
      // A known password may be a name that the log itself uses; tokens may be anywhere.
      const [fields, message] = place(text)
      newLog('debug', new Redaction(secrets), (line) => void lines.push(line)).debug(fields, message)
      const { level, time, ...said } = JSON.parse(lines[0]!) as Record<string, unknown>
      if (typeof level !== 'number' || typeof time !== 'number') throw new Error(`it is no line of the log: ${lines[0]!}`)
      const texts = secrets.length === 0 ? textsIn(said) : Object.values(said).flatMap(textsIn)
      if (secrets.length > 0 && Object.hasOwn(fields, text)) return
      // A password in other letters is another one; a token tells of its claims all the same.
      const letters = (one: string) => (secrets.length > 0 ? one : one.toLowerCase())
      for (const secret of hidden)
        if (texts.some((one) => readings(one).some((reading) => letters(reading).includes(letters(secret)))))
          throw new Error(`${secret} is in ${lines[0]!}`)
    }),
    { numRuns: fuzzRuns(2000) },
  )
  t.end()
})
