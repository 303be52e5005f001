#!/usr/bin/env node
// The process of the command line: arguments, terminal, signals, exit code.
import { randomUUID } from 'node:crypto'
import { systemClock } from '../clock.js'
import { parseCommandLine, type TailRequest } from './command-line.js'
import { colours, noColours } from './paint.js'
import { jsonLine } from './printable.js'
import { tail, type TailParts } from './tail.js'
import { UpdateText } from './update-text.js'

const request = parseCommandLine(process.argv.slice(2), {
  newClientId: () => `tail-${randomUUID()}`,
  writeOut: (text) => void process.stdout.write(text),
  writeErr: (text) => void process.stderr.write(text),
})
process.exitCode = typeof request === 'number' ? request : await runTail(request)

function runTail(request: TailRequest): Promise<number> {
  return tail(request, {
    clock: systemClock,
    random: Math.random,
    stop: stopSignal(),
    update: updatePrinter(request.json),
    notice: (line) => void process.stderr.write(`${line}\n`),
  })
}

/** Ctrl-C, and a reader such as `head` that has seen enough. A second Ctrl-C ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  process.stdout.on('error', () => stop.abort())
  return stop.signal
}

function updatePrinter(json: boolean): TailParts['update'] {
  if (json) return (_update, text) => void process.stdout.write(`${jsonLine(text)}\n`)
  // Node's own look at the terminal heeds NO_COLOR.
  const texts = new UpdateText(process.stdout.isTTY && process.stdout.hasColors() ? colours : noColours)
  return (update, text) => void process.stdout.write(texts.render(update, text))
}
