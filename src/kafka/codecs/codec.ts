/**
 * What one compressed batch may become, in bytes: 32 times the compressed batch that a broker takes by default (`message.max.bytes`,
 * 1 MiB). A batch of zeros could become a gigabyte, and every partition would wait for it.
 */
export const decompressedBytesMax = 32 * 1024 * 1024

/** One way of compressing a batch's records. Its input may come from anybody, so its work ends soon and within the claim for any input. */
export interface Codec {
  /**
   * The number of bytes that the input becomes, or an upper limit. It is read from the frames' headers alone, without work or memory.
   * @throws Error where the input is not of this codec.
   */
  readonly claim: (bytes: Buffer) => number
  /** @param claim what `claim` has answered. @throws Error where the output is larger than that, or the input is not sound. */
  readonly decompress: (bytes: Buffer, claim: number) => Buffer
}

export function endsTooEarly(): Error {
  return new Error('the compressed records end too early')
}

export function wrongLength(length: number, claim: number): Error {
  return new Error(`${length} bytes when decompressed, where ${claim} are claimed`)
}
