import { test } from 'tap'
import { ConfigurationError } from '#errors.js'
import { chooseServer, type ServerChoice } from '#gateway/deliver/socket/choose-server.js'
import { serveEcho } from '../../../support/gateway/echo-server.js'
import { recordingLog, type LoggedLine } from '../../../support/running/recording-log.js'

const noBinary = () => Promise.reject(new ConfigurationError('uWebSockets.js has no binary for Node v99.0.0 on linux x64.'))

test('clients are served by uWebSockets.js where it runs, and by ws where that is asked for', async (t) => {
  const logged: LoggedLine[] = []
  const libraryOf = async (choice: ServerChoice) => (await serveEcho(t, await chooseServer(choice, recordingLog(logged)))).server.library
  t.same([await libraryOf('auto'), await libraryOf('uws'), await libraryOf('ws')], ['uWebSockets.js', 'uWebSockets.js', 'ws'])
  t.same(logged, [])
})

test('without a binary it is ws, and a warning says why and what it costs, unless ws was asked for', async (t) => {
  const logged: LoggedLine[] = []
  for (const choice of ['auto', 'ws'] as const) {
    const { server } = await serveEcho(t, await chooseServer(choice, recordingLog(logged), noBinary))
    t.equal(server.library, 'ws')
  }
  t.equal(logged.length, 1)
  t.match(logged[0], { level: 'warn', message: /^uWebSockets\.js has no binary for Node v99\.0\.0 on linux x64, so [^.]* ws, .*SERVER=ws/ })
})

test('uWebSockets.js is not replaced where it is asked for, nor where its failure is no matter of configuration', async (t) => {
  await t.rejects(chooseServer('uws', recordingLog([]), noBinary), { name: 'ConfigurationError', message: /has no binary/ })
  await t.rejects(
    chooseServer('auto', recordingLog([]), () => Promise.reject(new Error('out of memory'))),
    /out of memory/,
  )
})
