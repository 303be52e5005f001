import { visitHeaders } from '#kafka/record-headers.js'

/** The span by which a record came to be. */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
}

const headerName = 'traceparent'
/** `00-` trace `-` span `-` flags (W3C Trace Context); later versions may have more behind it. */
const [textLength, flagsStart] = [55, 53]
const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/
const dash = 0x2d

/**
 * The header `traceparent` of a record, where whoever wrote it samples the trace; undefined where there is none, where it cannot be read,
 * and where the trace is not sampled. Makes no text of one that is not, as most are not.
 * @param headers as in `KafkaRecord`.
 */
export function sampledParentIn(headers: Buffer | undefined): TraceParent | undefined {
  if (headers === undefined) return undefined
  let found: TraceParent | undefined
  visitHeaders(headers, (nameStart, nameEnd, valueStart, valueEnd) => {
    if (nameEnd - nameStart !== headerName.length || headers.toString('latin1', nameStart, nameEnd) !== headerName) return true
    if (isSampled(headers, valueStart, valueEnd)) found = parentIn(headers.toString('latin1', valueStart, valueStart + textLength))
    return false
  })
  return found
}

/** The last of the flags' bits says it: that of their second digit, which is odd then, be it a number or a letter. */
function isSampled(headers: Buffer, start: number, end: number): boolean {
  const isWhole = end - start === textLength || (end - start > textLength && headers[start + textLength] === dash)
  if (!isWhole || end > headers.length) return false
  const digit = parseInt(String.fromCharCode(headers[start + flagsStart + 1]!), 16)
  return (digit & 1) === 1
}

function parentIn(text: string): TraceParent | undefined {
  const [, traceId, spanId] = pattern.exec(text) ?? []
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId }
}
