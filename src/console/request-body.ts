import * as v from 'valibot'
import { ConfigurationError } from '#errors.js'
import type { AdminRequest } from '#gateway/observe/admin-answer.js'
import { parseExactJson } from '#text/json-text.js'
import { refusal } from './refusal.js'

/** What a request brings, of this shape. @throws AdminRefusal */
export async function bodyOf<T>(request: AdminRequest, shape: v.GenericSchema<unknown, T>): Promise<T> {
  const result = v.safeParse(shape, jsonIn(await request.body()))
  if (!result.success) throw refusal('body_invalid')
  return result.output
}

function jsonIn(text: string): unknown {
  try {
    return parseExactJson(text, (why) => new ConfigurationError(`The body ${why}.`))
  } catch (error) {
    throw error instanceof ConfigurationError ? refusal('body_invalid', error.message) : error
  }
}
