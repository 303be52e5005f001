import type { Terminal } from '#tools/cli/terminal.js'
import { SimulatedClock } from '../running/simulated-clock.js'

/** Keeps what is written. */
export class FakeTerminal implements Terminal {
  readonly clock = new SimulatedClock()
  readonly hasColours = false
  out = ''
  err = ''
  readonly writeOut = (text: string): void => void (this.out += text)
  readonly writeErr = (text: string): void => void (this.err += text)
  readonly random = (): number => 0.5
  readonly stop = (): AbortSignal => new AbortController().signal
}
