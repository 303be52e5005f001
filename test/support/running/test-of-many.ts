import { isDeepStrictEqual } from 'node:util'
import { test, type Test } from 'tap'

/** A test of some ten thousand checks, of which tap is told those that fail: it takes most of a millisecond for each that it is told of. */
export function testOfMany(sentence: string, body: (t: ManyChecks) => void | Promise<void>): void {
  void test(sentence, async (t) => {
    const checks = new ManyChecks(t)
    await body(checks)
    t.pass(`${checks.count} checks`)
  })
}

/** Has the names that tap has. */
class ManyChecks {
  count = 0

  constructor(private readonly t: Test) {}

  ok(value: unknown, message = ''): void {
    this.count++
    if (!value) this.t.ok(value, message)
  }

  notOk(value: unknown, message = ''): void {
    this.count++
    if (value) this.t.notOk(value, message)
  }

  equal(found: unknown, wanted: unknown, message = ''): void {
    this.count++
    if (found !== wanted) this.t.equal(found, wanted, message)
  }

  not(found: unknown, unwanted: unknown, message = ''): void {
    this.count++
    if (found === unwanted) this.t.not(found, unwanted, message)
  }

  match(text: string | undefined, pattern: RegExp, message = ''): void {
    this.count++
    if (!pattern.test(text ?? '')) this.t.match(text, pattern, message)
  }

  notMatch(text: string | undefined, pattern: RegExp, message = ''): void {
    this.count++
    if (pattern.test(text ?? '')) this.t.notMatch(text, pattern, message)
  }

  same(found: unknown, wanted: unknown, message = ''): void {
    this.count++
    if (!isDeepStrictEqual(found, wanted)) this.t.same(found, wanted, message)
  }

  fail(message: string): void {
    this.t.fail(message)
  }
}
