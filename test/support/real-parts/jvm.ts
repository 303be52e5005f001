import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import { spawnTethered } from '../running/tethered-process.js'

/** Starts Java with a small heap; what it prints goes to a file. It never outlives this process. */
export function startJvm(args: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'a')
  const flags = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  return spawnTethered('java', [...flags, ...args], { stdout: log, stderr: log })
}

/** Asks again until `answers` is true. @throws Error when Java has exited or 60 seconds have passed. */
export async function untilReady(jvm: ChildProcess, what: string, logFile: string, answers: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000
  while (!(await answers())) {
    if (jvm.exitCode !== null || jvm.signalCode !== null) throw new Error(`${what} exited while it started, see ${logFile}`)
    if (Date.now() > giveUpAt) throw new Error(`${what} does not answer after 60 seconds, see ${logFile}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/**
 * Below the ports that a system gives to outgoing connections, from 32,768 on with Linux: Java listens seconds later, and a client of
 * another test could have got one of those meanwhile.
 */
const portMin = 10_240
const portMax = 32_767

export async function freePort(): Promise<number> {
  const port = portMin + Math.floor(Math.random() * (portMax - portMin))
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return freePort()
  }
  server.close()
  await once(server, 'close')
  return port
}
