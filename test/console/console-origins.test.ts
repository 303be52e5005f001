import { test } from 'tap'
import { consoleOrigins, originFault } from '#console/console-origins.js'

test('the page comes from the address of the port, and from this machine', async (t) => {
  t.same(consoleOrigins({ host: '127.0.0.1', port: 9090 }), ['http://127.0.0.1:9090', 'http://localhost:9090'])
  t.same(consoleOrigins({ host: '0.0.0.0', port: 80 }), ['http://localhost', 'http://127.0.0.1'])
  t.equal(consoleOrigins({ host: '::1', port: 9090 })[0], 'http://[::1]:9090')
  t.equal(consoleOrigins({ host: '10.0.0.7', port: 9090 })[0], 'http://10.0.0.7:9090')
})

test('who allows origins, and not that of the console, is told so', async (t) => {
  const fault = (allowedOrigins: string[], adminHosts: string[] = []) =>
    originFault({ allowedOrigins, adminHosts }, { host: '127.0.0.1', port: 9090 })
  t.equal(fault([]), undefined, 'all may connect')
  t.equal(fault(['https://shop.example', 'http://localhost:9090']), undefined)
  t.equal(fault(['https://ops.example'], ['ops.example']), undefined, 'by a proxy')
  for (const allowed of ['https://shop.example', 'http://localhost:9091', 'https://localhost:9090'])
    t.match(fault([allowed]), /^ALLOWED_ORIGINS has no origin of the console, such as http:\/\/127\.0\.0\.1:9090: /, allowed)
})
