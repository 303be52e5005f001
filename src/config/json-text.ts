import type { ConfigurationError } from '../errors.js'
import { repeatedMember } from './repeated-member.js'

/**
 * What a file that people write says, where it is JSON and names nothing twice.
 * @throws ConfigurationError what `refusal` makes of the rest of a sentence that begins with the file's name.
 */
export function parseJson(text: string, refusal: (why: string) => ConfigurationError): unknown {
  const json = jsonOf(text, refusal)
  const repeated = repeatedMember(text)
  if (repeated !== undefined) throw refusal(`names ${repeated} twice in one object, of which only the last would count`)
  return json
}

function jsonOf(text: string, refusal: (why: string) => ConfigurationError): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const offset = /position (\d+)/.exec(message)?.[1]
    const line = offset === undefined ? '' : ` (line ${text.slice(0, Number(offset)).split('\n').length})`
    throw refusal(`is not JSON${line}: ${message}`)
  }
}
