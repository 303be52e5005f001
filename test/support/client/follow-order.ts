/**
 * A module of somebody's who uses the library, of which Node is to run what is imported from elsewhere. It prints what an order of the sample
 * shop begins with and what happens to it, and ends by itself.
 */
export function followOrder(library: string, url: string, token: string): string {
  return `
import { WebSocket } from 'ws'
import { SluiceClient } from ${JSON.stringify(library)}

const client = new SluiceClient(${JSON.stringify(url)}, { token: ${JSON.stringify(token)}, WebSocket })
const operations = []
for await (const { operation } of client.subscribe('order', 'order-1001', { snapshot: true })) if (operations.push(operation) === 2) break
console.log(operations.join())
`
}
