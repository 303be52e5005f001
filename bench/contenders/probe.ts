import { answer } from '../harness/child.js'
import { probeCommands } from './probe-commands.js'

// Loaded before the gateway in its process (`--import`): does nothing until the bench asks.

answer(probeCommands)
process.channel?.unref()
