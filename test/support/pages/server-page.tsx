// What a server sends before the page is there. It ends by itself, as nothing was connected and nothing waits.
import { renderToString } from 'react-dom/server'
import { OrderView, orderClient } from './order-view.js'

function NoWebSocket(): never {
  throw new Error('A server connects.')
}

// eslint-disable-next-line no-console -- Whoever runs it reads that.
console.log(renderToString(<OrderView client={orderClient(NoWebSocket as never)} id="order-1" />))
