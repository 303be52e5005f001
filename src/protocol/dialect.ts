/** `seed`: the shapes of the seed's protocol alone. `sluice.v1`: with the additions that the subprotocol offers. */
export type Dialect = 'seed' | 'sluice.v1'
