import type { CreateServer } from '#gateway/deliver/socket/server.js'
import { UwsServer } from '#gateway/deliver/socket/uws/uws-server.js'
import { testServer } from '../../../../support/gateway/server.case.js'
import { testServerSockets } from '../../../../support/gateway/server-sockets.case.js'

const create: CreateServer = (options, parts) => UwsServer.create(options, parts)

testServer('uWebSockets.js', create)
testServerSockets('uWebSockets.js', create)
