import { readFileSync } from 'node:fs'

/** CPU time that a process has used in all its threads, in seconds. */
export interface CpuTime {
  readonly user: number
  readonly system: number
}

/** Linux counts in these whatever its own timer does (`getconf CLK_TCK`). */
const ticksPerSecond = 100

/** From `/proc`, in steps of 10 ms. @throws Error where there is no such process, or no Linux. */
export function cpuTimeOf(pid: number): CpuTime {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field, the name, may hold spaces; user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { user: Number(fields[11]) / ticksPerSecond, system: Number(fields[12]) / ticksPerSecond }
}

export function cpuBetween(before: CpuTime, after: CpuTime): CpuTime {
  return { user: after.user - before.user, system: after.system - before.system }
}

/** How long its main thread was ready to run and had no core since its start, in milliseconds; 0 where the kernel does not say. */
export function waitedMsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

/** Resident memory, in bytes. */
export function residentBytesOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

/** How many files, sockets among them, this process and those that it starts may hold open. */
export function openFilesMax(): number {
  const line = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  return line?.[1] === 'unlimited' ? Infinity : Number(line?.[1] ?? 0)
}
