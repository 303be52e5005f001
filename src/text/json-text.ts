import type { ConfigurationError } from '#errors.js'
import { exactJson } from './exact-json.js'
import { isDeeperThan } from './json-depth.js'
import { JsonLines } from './json-lines.js'
import { repeatedMember } from './repeated-member.js'

/** Schemas, policies and events are walked recursively. Nobody writes deeper ones. */
const levelsMax = 500

/**
 * Parses a file that people write. It must be JSON, name nothing twice in an object, and not be nested too deep.
 * @throws ConfigurationError made by `refusal` from the rest of a sentence that begins with the file's name.
 */
export function parseJson(text: string, refusal: (why: string) => ConfigurationError): unknown {
  const json = parseSyntax(text, refusal)
  if (isDeeperThan(levelsMax, json)) throw refusal(`is nested deeper than ${levelsMax} levels`)
  const repeated = repeatedMember(text)
  if (repeated !== undefined) throw refusal(`names ${repeated} twice in one object, of which only the last would count`)
  return json
}

/** The same with integers beyond 2^53 as bigints. @throws ConfigurationError as `parseJson` does. */
export function parseExactJson(text: string, refusal: (why: string) => ConfigurationError): unknown {
  parseJson(text, refusal)
  return exactJson(text)
}

function parseSyntax(text: string, refusal: (why: string) => ConfigurationError): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refusal(`is not JSON${faultText(text)}: ${(error as Error).message}`)
  }
}

/** Empty where the text is nested too deep to be walked. */
function faultText(text: string): string {
  try {
    return ` (line ${new JsonLines(text).faulty})`
  } catch (error) {
    if (error instanceof RangeError) return ''
    throw error
  }
}
