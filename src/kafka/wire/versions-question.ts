import type { Question } from './question.js'

export interface VersionRange {
  readonly minVersion: number
  readonly maxVersion: number
}

export interface VersionsAnswer {
  readonly errorCode: number
  /** The versions by the numbers of the questions. */
  readonly versions: Readonly<Record<number, VersionRange>>
}

/** Which questions a broker takes, in which versions. A link asks this first. */
export const versionsQuestion: Question<undefined, VersionsAnswer> = {
  apiKey: 18,
  name: 'ApiVersions',
  versionMin: 0,
  versionMax: 0,
  flexibleFrom: 3,
  write: () => undefined,
  read(fields) {
    const errorCode = fields.int16()
    const ranges = fields.array(() => [fields.int16(), { minVersion: fields.int16(), maxVersion: fields.int16() }] as const)
    return { errorCode, versions: Object.fromEntries(ranges) }
  },
}
