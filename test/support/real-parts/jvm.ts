import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { spawnTethered } from '../running/tethered-process.js'

/** A small heap, and what makes it start soon rather than run fast. */
export const quickJava = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const

/** What it prints goes to a file. It never outlives this process. */
export function startJvm(args: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'a')
  return spawnTethered('java', [...quickJava, ...args], { stdout: log, stderr: log })
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
  const [port] = await freePorts(1)
  return port!
}

/** All different, as none is free again until all are found. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenSomewhere))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

async function listenSomewhere(): Promise<Server> {
  const port = portMin + Math.floor(Math.random() * (portMax - portMin))
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server
  } catch {
    return listenSomewhere()
  }
}
