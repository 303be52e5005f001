import type { Contender } from './contender.js'
import { forked } from './forked.js'
import { sluice } from './sluice.js'
import { onWs } from './on-ws.js'
import { stateless } from './stateless.js'

/** uWebSockets.js writing ready frames; no Kafka, no rights. */
export const ceiling = forked({ name: 'ceiling', feedsItself: true, corks: true })
/** Decodes, filters by CASL and writes for each subscriber by itself: what one writes first. */
export const naive = forked({ name: 'naive', filters: true })
/** The `ws` library without rights. */
export const ws = forked({ name: 'ws' })
/** socket.io's rooms without rights. */
export const socketIo = forked({ name: 'socket-io', socketIo: true })
/** kafkajs that reads the topic and counts, and nothing else. */
export const kafkajsAlone = forked({ name: 'kafkajs-alone' })

export const allContenders: readonly Contender[] = [sluice, stateless, onWs, ceiling, naive, ws, socketIo, kafkajsAlone]
