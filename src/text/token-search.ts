// Where a text holds a token (a JWT), whatever stands around it and however it is encoded. The cost is in proportion to the text.

/** Base64url of what a JSON object begins with: `{"`, or `{` and white space. In any case, as what was lowered may still tell of claims. */
const objectStart = /e[yw][aijko0]/gi
/** `{"alg":"none"}` has more. */
const headerCharactersMin = 8
/** Headers are below a kilobyte; what looks like the beginning of one may be long. */
const headerCharactersMax = 4096
const startsMax = 8
/** Who encodes a token for a URL, and that URL for another one, has encoded it twice. */
const encodingsMax = 3

const runs = /[\w.%~+/=-]{16,}/g

export function holdsToken(text: string): boolean {
  return withoutTokens(text, '') !== text
}

/** The text with a mark in the place of each token, and of what follows it without a space. */
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

/** A header and a payload, both objects, with a point between them; or three parts or more of which the first is a header. */
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
  const tail = tailOf(part)
  const first = part.length - tail.length
  for (const { index } of [...tail.matchAll(objectStart)].slice(0, startsMax)) {
    if (tail.length - index < headerCharactersMin) return undefined
    if (isBeforeObject || (isLong && isJsonObject(tail.slice(index)))) return first + index
  }
  return undefined
}

/** What stands at the end without any other character than base64url's. By hand, as a pattern would look from each character on. */
function tailOf(part: string): string {
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
