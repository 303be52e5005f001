import type { GatewayLimits } from '#gateway/gateway-options.js'

/** Small ones, which nothing in these tests reaches. */
export const gatewayLimits: GatewayLimits = {
  connectionsMax: 10,
  subscriptionsMax: 10,
  collectionsMax: 10,
  collectionEntitiesMax: 1_000,
  scanRowsPerSecondMax: 100_000,
  subscriptionsTotalMax: 1_000,
  frameBytesMax: 16_384,
  framesPerSecondMax: 1_000,
  frameOutBytesMax: 100_000,
  mailboxBytesMax: 100_000,
  mailboxesBytesMax: 1_000_000,
}
