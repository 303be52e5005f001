export const uuid = 'f3a1c520-0b6e-4d1c-9e77-2a5d0c9b4e10'

export function bytesOfUuid(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}
