/** Headers as OpenTelemetry's variables list them: `name=value`, separated by commas, percent-encoded. What is no pair means nothing. */
export function headersIn(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([^=\s]+)\s*=(.*)$/s.exec(pair))
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1]!, decoded(pair[2]!.trim())]])))
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
