import { client } from './client.js'
import { condition } from './condition.js'
import { decode } from './decode.js'
import { encode } from './encode.js'
import { mailbox } from './mailbox.js'
import { mask } from './mask.js'
import type { MicroQuestion } from './micro-case.js'
import { publish } from './publish.js'
import { route } from './route.js'
import { table } from './table.js'

/** In the order of a record's way. */
export const questions: readonly MicroQuestion[] = [publish, decode, table, route, condition, mask, encode, mailbox, client]
