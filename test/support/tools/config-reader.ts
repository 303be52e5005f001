import { readConfig, type Config } from '#config/config.js'
import type { SecretsHeard } from '#config/environment.js'

/** What `KAFKA_BROKERS` needs beside it, right in every part. */
export const kafkaEnvironment = {
  KAFKA_BROKERS: 'broker-1:9092, broker-2:9092',
  SCHEMA_REGISTRY_URL: 'http://registry:8081',
  ENTITIES: 'order,customer',
  POLICY_FILE: 'policy.json',
  JWT_SECRET: 'a secret of the tests with at least 32 bytes',
}

/** Reads variables as the process would, with the given texts as the only files there are. */
export function configOf(
  values: Record<string, string | undefined>,
  files: Record<string, string> = { 'policy.json': '{"roles":{}}' },
  heard?: SecretsHeard,
): Config {
  const readFile = (path: string) => {
    const text = files[path]
    if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    return text
  }
  return readConfig(values, readFile, heard)
}

/** The sentence with which they are refused. */
export function refusalOf(values: Record<string, string | undefined>, files?: Record<string, string>): string {
  try {
    configOf(values, files)
  } catch (error) {
    return String(error)
  }
  return 'not refused'
}
