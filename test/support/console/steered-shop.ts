import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Clock } from '#clock.js'
import type { AuthConfig } from '#config/config.js'
import { sampleConsole } from '#console/sample-console.js'
import { PolicyInForce } from '#gateway/authorize/policy-in-force.js'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { UwsServer } from '#gateway/deliver/socket/uws/uws-server.js'
import { Gateway } from '#gateway/gateway.js'
import { AdminServer } from '#gateway/observe/admin-server.js'
import { Meter } from '#gateway/observe/meter.js'
import { MemorySource } from '#gateway/source/memory/memory-source.js'
import { embeddedFrom } from '#sample/embedded.js'
import { SlowReaders } from '#sample/slow-readers.js'
import { gatewayLimits } from '../gateway/gateway-limits.js'
import { randomFrom } from '../gateway/simulated-world.js'
import { secret, tokenChecks } from '../gateway/tokens.js'
import { recordingLog } from '../running/recording-log.js'
import { SimulatedClock } from '../running/simulated-clock.js'

/** Time passes when it is told to; what is to be done at once is done at once, as sockets are real. */
class SteeredClock extends SimulatedClock {
  override nextTick(call: () => void): void {
    setImmediate(call)
  }

  /** What follows from what is done at once is done, too, before time goes on. */
  override async settle(): Promise<void> {
    for (let rounds = 0; rounds < 20; rounds++) await new Promise((resolve) => setImmediate(resolve))
  }
}

const started = Date.UTC(2026, 2, 14, 9, 30)
const seed = 11
const node = 'a1'
const auth: AuthConfig = { ...tokenChecks, clockToleranceSeconds: 5 }
const limits = {
  ...gatewayLimits,
  connectionsMax: 100,
  frameOutBytesMax: 1_000_000,
  mailboxBytesMax: 1_000_000,
  mailboxesBytesMax: 9_000_000,
}
const serverOptions = {
  ...{ frameBytesMax: 16 * 1024, framesPerSecondMax: 1000, idleTimeoutSeconds: 60 },
  ...{ waitingSocketsMax: 1000, upgradesPerSecondMax: 1000, allowedOrigins: [] },
}
const state = { bytesMax: 10_000_000, fillSecondsMax: 300, window: { bytesMax: 1_000_000, secondsMax: 3_600 } }

/** The sample shop with its console, of one seed and one time, so that a page shows the same each time. */
export class SteeredShop {
  private constructor(
    private readonly clock: SteeredClock,
    /** With the key. */
    readonly address: string,
  ) {}

  static async start(t: Test): Promise<SteeredShop> {
    const clock = new SteeredClock(started)
    const [random, meter, log] = [randomFrom(seed), new Meter(), recordingLog()]
    // Kafka has a record before the gateway does: by so many milliseconds.
    const kafka: Clock = {
      now: () => clock.now() - 1 - Math.floor(3 * random()),
      monotonicMs: () => clock.monotonicMs(),
      after: (ms, call) => clock.after(ms, call),
      nextTick: (call) => clock.nextTick(call),
    }
    const { shop, topics, writers, ...feed } = embeddedFrom('schemas', kafka, random)
    const verifier = createTokenVerifier(auth, { clock, log, meter })
    const policy = new PolicyInForce(readFileSync('schemas/policy.json', 'utf8'), meter, log)
    const parts = { clock, random, meter, log, verifier, node, longs: 'number' } as const
    const gateway = new Gateway({ ...feed, ...parts, source: new MemorySource(topics, clock), policy, limits, state })
    const readers = new SlowReaders(clock)
    const server = await UwsServer.create(serverOptions, {
      ...parts,
      acceptor: readers.before(gateway.connections),
      isReady: () => true,
      pageLibrary: undefined,
    })
    meter.isReady = () => true
    shop.stock()
    await Promise.all([gateway.start(), clock.advance(0)])
    const url = `ws://127.0.0.1:${await server.listen('127.0.0.1', 0)}`
    const config = { admin: { gatewayUrl: undefined, tokenFile: undefined }, adminHosts: [] }
    const tokenKey = { ...auth, secret }
    const { key, console } = sampleConsole({ tokenKey, writers, readers }, { config, reading: auth, clock, log, learn: () => undefined })
    const admin = new AdminServer({ routes: console.routes({ node, url, gateway, policy, meter }), connectionsMax: 100, log })
    const adminPort = await admin.listen('127.0.0.1', 0)
    shop.open()
    t.teardown(async () => {
      shop.close()
      server.close()
      await admin.close()
    })
    return new SteeredShop(clock, `http://127.0.0.1:${adminPort}/#k=${key}`)
  }

  /** A second passes at the shop, in which four things change. */
  async second(): Promise<void> {
    await this.clock.advance(1000)
  }
}
