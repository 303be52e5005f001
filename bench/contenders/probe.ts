import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'
import { answer } from '../harness/child.js'

// Loaded before the gateway in its process (`--import`): does nothing until the bench asks.

export type ProbeCommands = typeof commands

let session: Session | undefined

const commands = {
  /** Resident memory after a garbage collection, in bytes. */
  collected(): number {
    // Twice: what finalizers let go of is collected by the second.
    global.gc!()
    global.gc!()
    return process.memoryUsage.rss()
  },

  async startProfile(): Promise<void> {
    session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    await session.post('Profiler.start')
  },

  /** Writes where the CPU time went since `startProfile`, as DevTools read it. */
  async stopProfile(file: string): Promise<void> {
    const { profile } = await session!.post('Profiler.stop')
    session!.disconnect()
    writeFileSync(file, JSON.stringify(profile))
  },
}

answer(commands)
process.channel?.unref()
