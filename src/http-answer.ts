/** The text of an answer. @param who answers, for the error. @throws Error where it is too long, or breaks off. */
export async function answerText(response: Response, who: string, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    parts.push(part as Uint8Array)
    bytes += (part as Uint8Array).byteLength
    if (bytes > bytesMax) throw new Error(`${who}'s answer has more than ${bytesMax} bytes`)
  }
  return Buffer.concat(parts).toString()
}

/**
 * Why a fetch failed. The message of Node's fetch is only 'fetch failed'. The reason is in its cause or, where several addresses were
 * tried, in their errors.
 */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof AggregateError) return `${error.message}: ${cause.errors.map((one) => (one as Error).message).join(', ')}`
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
}
