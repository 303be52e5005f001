declare module 'snappyjs' {
  /** One bare block. @throws Error where it is none or would become longer. */
  export function compress(content: Buffer): Buffer
  export function uncompress(compressed: Buffer, maxLength: number): Buffer
}
