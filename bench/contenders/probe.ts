import { answer } from '../harness/child.js'

// Loaded before the gateway in its process (`--import`): does nothing until the bench asks.

export type ProbeCommands = typeof commands

const commands = {
  /** Resident memory after a garbage collection, in bytes. */
  collected(): number {
    // Twice: what finalizers let go of is collected by the second.
    global.gc!()
    global.gc!()
    return process.memoryUsage.rss()
  },
}

answer(commands)
process.channel?.unref()
