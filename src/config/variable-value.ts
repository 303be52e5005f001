import * as v from 'valibot'
import { topicPattern } from '#entities.js'
import { isHttpUrl } from '#text/http-url.js'
import type { Variable } from './variable.js'

/** The port is required: with a guessed one the process might wait for a broker that never answers. */
const brokerPattern = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/

const httpUrl = v.pipe(v.string(), v.check(isHttpUrl))

/** An origin in any other form, for example with a slash at its end, would never equal the one that a browser sends. */
const origin = v.pipe(
  httpUrl,
  v.check((text) => new URL(text).origin === text),
)

const wholeNumber = v.pipe(v.string(), v.digits(), v.transform(Number), v.safeInteger())

/** Checks a value from the environment. The value of an integer variable becomes a number. */
export function valueSchema({
  kind,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
  choices = [],
}: Variable): v.GenericSchema<string, string | number> {
  switch (kind) {
    case 'integer':
      return v.pipe(wholeNumber, v.minValue(min), v.maxValue(max))
    case 'url':
      return httpUrl
    case 'urls':
      return eachEntry(httpUrl)
    case 'socket':
      return v.pipe(v.string(), v.check(isSocketUrl))
    case 'choice':
      return v.picklist(choices)
    case 'switch':
      return v.picklist(['on', 'off'])
    case 'brokers':
      return eachEntry(v.pipe(v.string(), v.check(isBroker)))
    case 'topic':
      return v.pipe(v.string(), v.regex(topicPattern))
    case 'origins':
      return eachEntry(origin)
    case 'text':
    case 'secret':
    case 'file':
      return v.string()
  }
}

/** The allowed values in words, for errors and for the README. */
export function allowedValues({ kind, min, max, unit, choices = [] }: Variable): string {
  switch (kind) {
    case 'integer':
      return `a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`
    case 'url':
      return 'a URL that begins with http:// or https://'
    case 'urls':
      return 'URLs that begin with http:// or https://, separated by commas'
    case 'socket':
      return 'a URL that begins with ws:// or wss://, without a login, a query and a fragment'
    case 'choice':
      return `one of ${choices.join(', ')}`
    case 'switch':
      return 'on or off'
    case 'brokers':
      return 'host:port, separated by commas'
    case 'topic':
      return 'the name of a topic'
    case 'origins':
      return 'origins as browsers send them (https://shop.example), separated by commas'
    case 'text':
    case 'secret':
      return 'text'
    case 'file':
      return 'the path of a file'
  }
}

/** The entries of a comma list, without those that are empty. */
export function entriesOf(list: string): readonly string[] {
  return Object.freeze(
    list
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
}

/** A path for each client is put behind it. */
function isSocketUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return ['ws:', 'wss:'].includes(protocol) && [username, password, search, hash].join('') === ''
}

function isBroker(text: string): boolean {
  const port = Number(brokerPattern.exec(text)?.[1] ?? 0)
  return port > 0 && port < 65_536
}

function eachEntry(entry: v.GenericSchema<string>): v.GenericSchema<string, string> {
  return v.pipe(
    v.string(),
    v.check((list) => entriesOf(list).length > 0 && entriesOf(list).every((each) => v.is(entry, each))),
  )
}
