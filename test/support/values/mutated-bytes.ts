import { fc } from '../running/seeded-properties.js'

type Mutate = (bytes: Buffer) => Buffer

/** Numbers as Avro writes them: just beyond what is there, beyond what is allowed, beyond what a number holds, and one that has no end. */
const varints = ['02', '7f', '8001', 'feff03', 'ffffffff0f', 'feffffffffffffffff01', 'ffffffffffffffffffff', '80808080808080808000'].map(
  (hex) => Buffer.from(hex, 'hex'),
)

function spliced(bytes: Buffer, at: number, removed: number, added: Uint8Array): Buffer {
  const start = at % (bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, start), added, bytes.subarray(start + removed)])
}

const position = fc.nat(10_000)
const few = fc.nat(8)

const mutation: fc.Arbitrary<Mutate> = fc.oneof(
  fc.tuple(position, few, fc.constantFrom(...varints)).map(
    ([at, removed, varint]): Mutate =>
      (bytes) =>
        spliced(bytes, at, removed, varint),
  ),
  fc.tuple(position, few, fc.uint8Array({ maxLength: 8 })).map(
    ([at, removed, added]): Mutate =>
      (bytes) =>
        spliced(bytes, at, removed, added),
  ),
  fc.tuple(position, fc.nat(7)).map(([at, bit]): Mutate => (bytes) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[at % copy.length]! ^= 1 << bit
    return copy
  }),
  position.map(
    (at): Mutate =>
      (bytes) =>
        bytes.subarray(0, at % (bytes.length + 1)),
  ),
  fc.tuple(position, position).map(
    ([from, to]): Mutate =>
      (bytes) =>
        spliced(bytes, to, 0, bytes.subarray(from % (bytes.length + 1))),
  ),
)

/** What becomes of bytes: nothing, now and then, or some cuts, flips, and numbers in the place of others. */
export const mutations: fc.Arbitrary<Mutate> = fc.array(mutation, { maxLength: 4 }).map(
  (all): Mutate =>
    (bytes) =>
      all.reduce((mutated, mutate) => mutate(mutated), bytes),
)
