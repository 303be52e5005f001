import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'

export type ProbeCommands = typeof probeCommands

let session: Session | undefined

/** What the bench asks the process of a gateway itself. */
export const probeCommands = {
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
