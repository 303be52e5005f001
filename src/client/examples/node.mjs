// Waits until an order is delivered: TOKEN=<jwt> node node.mjs
import { SluiceClient } from 'sluice-client'
import { WebSocket } from 'ws' // Node 22 has its own.

/** @type {SluiceClient<import('./entities.js').Entities>} */
const client = new SluiceClient('ws://localhost:8080', { token: process.env.TOKEN ?? '', WebSocket })

for await (const { operation, data } of client.subscribe('order', 'order-1001', { snapshot: true })) {
  console.log(operation, data?.status)
  if (data?.status === 'DELIVERED') break
}
