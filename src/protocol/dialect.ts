/** `seed`: the shapes of the seed's protocol alone. `sluice.v1`: with the additions that the subprotocol offers. */
export type Dialect = 'seed' | 'sluice.v1'

/** What a client may ask for when it connects. `sluice.v1.batch` is `sluice.v1` in frames that hold an array of messages each. */
export const subprotocols = ['sluice.v1', 'sluice.v1.batch'] as const
export type Subprotocol = (typeof subprotocols)[number]

/** A client that asks for no subprotocol speaks the seed's. */
export function dialectOf({ subprotocol }: { readonly subprotocol: Subprotocol | undefined }): Dialect {
  return subprotocol === undefined ? 'seed' : 'sluice.v1'
}
