import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'
import { getHeapSpaceStatistics } from 'node:v8'
import { pause } from '../harness/monotonic.js'
import { Standstills, type Standstill } from '../timeline/standstills.js'

/** What a collection has freed is given back to the system by a thread of its own: 67 MB of 119 were, a second later. */
const givenBackMs = 1000

export type ProbeCommands = typeof probeCommands

let session: Session | undefined
const standstills = new Standstills()

/** What the bench asks the process of a gateway itself. */
export const probeCommands = {
  /**
   * Resident memory after a garbage collection, in bytes, without the space of young objects: 34 MB of it stay, or 67, for as long as
   * nothing is allocated, whatever there is of connections.
   */
  async collected(): Promise<number> {
    // Twice: what finalizers let go of is collected by the second.
    global.gc!()
    global.gc!()
    await pause(givenBackMs)
    return process.memoryUsage.rss() - youngBytes()
  },

  watch(): void {
    standstills.begin()
  },

  /** Those since `watch`. */
  standstills(): Promise<readonly Standstill[]> {
    return standstills.end()
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

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.physical_space_size ?? 0
}
