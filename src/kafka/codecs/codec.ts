/**
 * What one compressed batch may become, in bytes: 32 times what a broker takes by default as a compressed batch
 * (`message.max.bytes`, 1 MiB). A batch of zeros could become a gigabyte, and every partition would wait for it.
 */
export const decompressedBytesMax = 32 * 1024 * 1024

/** One way of compressing a batch's records. What comes in is anybody's: whatever it is, the work ends soon and within the claim. */
export interface Codec {
  /** How many bytes it becomes, or at most: read from its frames alone, without work or memory. @throws Error where it is none of the codec's. */
  readonly claim: (bytes: Buffer) => number
  /** @param claim what `claim` has answered. @throws Error where it becomes more than that, or cannot be undone. */
  readonly decompress: (bytes: Buffer, claim: number) => Buffer
}

export function endsTooEarly(): Error {
  return new Error('the compressed records end too early')
}

export function becomes(length: number, claim: number): Error {
  return new Error(`${length} bytes when decompressed, where ${claim} are claimed`)
}
