/** What no service means to publish: each with what clients may be shown of it at most, where a schema takes it. */
export interface HostileValue {
  readonly name: string
  readonly value: unknown
  /** @param shown as JSON's parser reads it */
  readonly allows: (shown: unknown) => boolean
}

const never = () => false
const always = () => true
/** As a float, or as a time: numbers are also understood as milliseconds, and bigints as units of the schema. */
const isNumberOrTime = (number: number) => (shown: unknown) =>
  [number, Math.fround(number) || number].includes(Number(shown)) || !Number.isNaN(Date.parse(String(shown)))
const isInstant = (ms: number) => (shown: unknown) => Date.parse(String(shown)) === ms

class Empty {
  private readonly hidden = 1
  see(): number {
    return this.hidden
  }
}

class LateMap extends Map<unknown, unknown> {
  override get size(): number {
    throw new Error('size')
  }
  override entries(): MapIterator<[unknown, unknown]> {
    throw new Error('entries')
  }
  override [Symbol.iterator](): MapIterator<[unknown, unknown]> {
    throw new Error('iterator')
  }
}

class WrongDate extends Date {
  override getTime(): number {
    return NaN
  }
  override toISOString(): string {
    throw new Error('text')
  }
}

const latest = 8_640_000_000_000_000
const mebibyte = 'é'.repeat(524_288)

function circle(): unknown {
  const record: Record<string, unknown> = {}
  for (const name of ['a', 'b', 'c', 'd']) record[name] = name === 'b' ? [record] : record
  return record
}

function circleOfArrays(): unknown {
  const array: unknown[] = []
  array.push(array, array)
  return array
}

/** Small, and as JSON larger than any memory. */
function shared(): unknown {
  let value: unknown = {}
  for (let level = 0; level < 60; level++) value = { a: value, b: value, c: [value, value] }
  return value
}

function throwingProxy(target: object): unknown {
  const fail = () => {
    throw new TypeError('a trap')
  }
  return new Proxy(target, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail })
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function arrayOfLength(length: unknown): unknown {
  return new Proxy([1], { get: (array, name) => (name === 'length' ? length : Reflect.get(array, name)) as unknown })
}

function throwingMembers(): unknown {
  const descriptor = {
    enumerable: true,
    get: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything can be thrown
      throw { toString: null }
    },
  }
  return Object.defineProperties({}, Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, descriptor])))
}

function detached(): unknown {
  const bytes = new Uint8Array(5)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function shortBuffer(): unknown {
  return Object.defineProperty(Buffer.from('hello'), 'length', { value: 1 })
}

function of(name: string, value: unknown, allows: HostileValue['allows'] = never): HostileValue {
  return { name, value, allows }
}

export const hostileValues: readonly HostileValue[] = [
  ...[NaN, Infinity, -Infinity].map((number) => of(String(number), number)),
  of('-0', -0, isNumberOrTime(0)),
  ...[2 ** 31, 2 ** 53, 1e300, 5e-324, 0.1 + 0.2].map((number) => of(String(number), number, isNumberOrTime(number))),
  ...[2n ** 31n, 2n ** 63n, -(2n ** 64n), 10n ** 29n].map((number) => of(`${number}n`, number, isNumberOrTime(Number(number)))),
  of('a bigint of a million bits', 2n ** 1_000_000n),
  of('half a character', 'a\ud800'),
  of('half a character as a key', { '\udc00': 1, a: '\udc00' }, (shown) => !JSON.stringify(shown).includes('\ufffd')),
  of('a mebibyte', mebibyte, (shown) => shown === mebibyte),
  of('digits without end', '9'.repeat(1_000_000), (shown) => shown === '9'.repeat(1_000_000)),
  of('an invalid Date', new Date(NaN)),
  of('the latest Date', new Date(latest), isInstant(latest)),
  of('a Date before the common era', new Date(-latest), isInstant(-latest)),
  of('a Date with other methods', new WrongDate(0), isInstant(0)),
  of('a Buffer that was moved', detached()),
  of('a Buffer of another length', shortBuffer(), (shown) => shown === 'aGVsbG8='),
  ...[Symbol('s'), () => 1, Empty, new Set([1]), new WeakMap(), Promise.resolve({ a: 1 }), /x/, new Error('a'), new Empty()].map(
    (value, index) => of(`a stranger (${index})`, value),
  ),
  ...[new URLSearchParams('a=1'), new Number(1), new String('a'), Object(1n), new ArrayBuffer(5), new Float64Array(1)].map((value, index) =>
    of(`another stranger (${index})`, value),
  ),
  of('a Map of strange keys', new Map<unknown, unknown>([[Symbol('s'), 1]])),
  of('a Map with other methods', new LateMap([['k', 1]]), (shown) => Object.keys(shown as object).join() === 'k'),
  of('a Map that holds itself', (() => new Map<string, unknown>().set('k', throwingProxy({})))()),
  of('a circle', circle(), always),
  of('a circle of arrays', circleOfArrays(), always),
  of('parts that are shared', shared(), always),
  of('an array of holes', Array.from({ length: 3 }), (shown) => (shown as unknown[]).every((item) => item === null)),
  of('an array without end', new Array(2 ** 32 - 1)),
  ...[NaN, -1, 1.5, Infinity, 'x', 2 ** 60].map((length) => of(`an array of the length ${length}`, arrayOfLength(length))),
  of('members that throw', throwingMembers(), (shown) => !['a', 'b', 'c', 'd'].some((name) => Object.hasOwn(shown as object, name))),
  ...[{}, [], new Date(0), new Map(), Buffer.from('a')].map((target, index) => of(`a proxy that throws (${index})`, throwingProxy(target))),
  ...[{}, [], new Map()].map((target, index) => of(`a proxy that was revoked (${index})`, revoked(target))),
  of(
    'a member __proto__',
    JSON.parse('{"__proto__":{"a":1,"b":"x"}}'),
    (shown) => !Object.hasOwn(shown as object, 'a') || (shown as { a: unknown }).a === null,
  ),
]
