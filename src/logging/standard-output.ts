import { constants, fstatSync, openSync, write, writeSync } from 'node:fs'
import type { Output } from './log-output.js'

const fd = 1

/**
 * The standard output, written to without waiting. How that is done depends on its kind:
 * - a pipe or a socket whose reader has stopped: Node's own stream does not wait for it;
 * - a terminal that Ctrl-S has stopped: Node's own stream waits, so it is opened again in the way that does not;
 * - a file on a slow disk: it is written to beside the event loop.
 * A pipe is never written to beside the event loop, as a write that waits there would keep the process from ending.
 */
export function standardOutput(): Output {
  const kind = fstatSync(fd)
  if (kind.isFIFO() || kind.isSocket()) return new StreamOutput(process.stdout)
  return new FileOutput(kind.isCharacterDevice() ? openedAgain() : fd)
}

class StreamOutput implements Output {
  constructor(private readonly stream: NodeJS.WriteStream) {
    // The callback of `write` hears of the error too, but without a listener the process would end.
    stream.on('error', () => undefined)
  }

  write(bytes: Buffer, done: (failure: Error | null | undefined, written: number) => void): void {
    this.stream.write(bytes, (failure) => done(failure, bytes.length))
  }

  writeLast(bytes: Buffer): void {
    this.stream.write(bytes)
  }
}

class FileOutput implements Output {
  constructor(private readonly descriptor: number) {}

  write(bytes: Buffer, done: (failure: Error | null, written: number) => void): void {
    write(this.descriptor, bytes, done)
  }

  writeLast(bytes: Buffer): void {
    try {
      writeSync(this.descriptor, bytes)
    } catch {
      // Nobody is left to be told.
    }
  }
}

/** Opens the same device so that it never waits. A system without `/proc` keeps the descriptor that may wait. */
function openedAgain(): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return fd
  }
}
