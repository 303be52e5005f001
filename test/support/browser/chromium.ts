import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { t as all } from 'tap'
import { spawnTethered } from '../running/tethered-process.js'
import { Devtools } from './devtools.js'
import { Tab } from './tab.js'

/** Debian's name for it, and those of others. */
const names = ['chromium', 'chromium-browser', 'google-chrome']
const [command = ''] = spawnSync('which', names, { encoding: 'utf8' }).stdout.split('\n')

/** Of each test that needs it. CI installs it, so that the tests fail there instead. */
export const inChromium = { skip: command === '' && process.env['CI'] === undefined ? 'Chromium is not installed.' : false }

const usualFlags = [
  ...['--headless=new', '--no-sandbox', '--remote-debugging-port=0', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage'],
  // It asks nobody outside.
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-default-browser-check'],
]

/** A browser for all tests of a file. It starts when it is first needed, in a process of its own, and ends with the tests. */
export class Chromium {
  private readonly flags: readonly string[]
  private running: Promise<Devtools> | undefined

  constructor(...more: readonly string[]) {
    this.flags = [...usualFlags, ...more]
  }

  /** A new tab, in front of the others. */
  async open(url: string): Promise<Tab> {
    const tab = await Tab.attach(await (this.running ??= this.start()))
    await tab.goTo(url)
    return tab
  }

  private async start(): Promise<Devtools> {
    if (command === '') throw new Error('Chromium is not installed.')
    const profile = mkdtempSync(join(tmpdir(), 'sluice-chromium-'))
    const child = spawnTethered(command, [...this.flags, `--user-data-dir=${profile}`], { stdout: 'pipe', stderr: 'pipe' })
    child.stdout!.resume()
    const devtools = await Devtools.connect(await addressIn(child.stderr!))
    all.teardown(async () => {
      // It is asked to end, as its other processes would still write to the profile if this one were killed.
      const exited = once(child, 'exit')
      await devtools.ask('Browser.close')
      await exited
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
    })
    return devtools
  }
}

/** What it prints once it listens. */
async function addressIn(stderr: Readable): Promise<string> {
  for await (const line of createInterface({ input: stderr })) {
    const [, address] = /^DevTools listening on (\S+)/.exec(line) ?? []
    if (address === undefined) continue
    stderr.resume()
    return address
  }
  throw new Error('Chromium has ended before it listened.')
}
