// Finds tokens (JWTs) in a text, whatever stands around them and however they are encoded. The time is proportional to the text's length.

/** Base64url of a JSON object's beginning: `{"`, or `{` and white space. In any case, as a token in lower case may still reveal claims. */
const objectStart = /e[yw][aijko0]/gi
/** Even `{"alg":"none"}` is longer. */
const headerCharactersMin = 8
/** Headers are shorter than a kilobyte. Text that looks like the beginning of one may be long. */
const headerCharactersMax = 4096
const startsMax = 8
/** A token in a URL that is itself part of another URL is encoded twice. */
const encodingsMax = 3

const runs = /[\w.%~+/=-]{16,}/g

export function holdsToken(text: string): boolean {
  return withoutTokens(text, '') !== text
}

/** The text with a mark in place of each token and whatever follows it without a space. */
export function withoutTokens(text: string, mark: string): string {
  return text.replace(runs, (run) => {
    const at = tokenStart(run)
    if (at !== undefined) return run.slice(0, at) + mark
    return holdsEncodedToken(run) ? mark : run
  })
}

function holdsEncodedToken(run: string): boolean {
  let [text, times] = [run, 0]
  while (text.includes('%') && times++ < encodingsMax) {
    text = text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    if (text.split(/[^\w.%~+/=-]/).some((part) => tokenStart(part) !== undefined)) return true
  }
  return false
}

/**
 * The index of a token: a header and a payload, both objects, with a point between them; or a header that is followed by two or more parts.
 */
function tokenStart(run: string): number | undefined {
  const parts = run.split('.')
  let offset = 0
  for (const [index, part] of parts.slice(0, -1).entries()) {
    const at = headerStart(part, /^e[yw]/i.test(parts[index + 1]!), parts.length - index > 2)
    if (at !== undefined) return offset + at
    offset += part.length + 1
  }
  return undefined
}

function headerStart(part: string, isBeforeObject: boolean, isLong: boolean): number | undefined {
  const tail = base64Tail(part)
  const first = part.length - tail.length
  for (const { index } of [...tail.matchAll(objectStart)].slice(0, startsMax)) {
    if (tail.length - index < headerCharactersMin) return undefined
    if (isBeforeObject || (isLong && isJsonObject(tail.slice(index)))) return first + index
  }
  return undefined
}

/**
 * The end of the part that consists of base64url characters alone. Written as a loop, since a pattern would search again from each
 * character.
 */
function base64Tail(part: string): string {
  let start = part.length
  while (start > 0 && part.length - start < headerCharactersMax && /[\w-]/.test(part[start - 1]!)) start--
  return part.slice(start)
}

function isJsonObject(base64url: string): boolean {
  try {
    const json: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString())
    return typeof json === 'object' && json !== null
  } catch {
    return false
  }
}
