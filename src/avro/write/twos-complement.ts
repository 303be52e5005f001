/** The fewest bytes that hold the number and its sign. */
export function bytesFor(unscaled: bigint): number {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled
  return Math.floor(magnitude.toString(2).length / 8) + 1
}

/** Of a decimal, as Avro has it: big endian. @param size that holds it. */
export function twosComplement(unscaled: bigint, size: number): Buffer {
  return Buffer.from(
    BigInt.asUintN(8 * size, unscaled)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  )
}
