import { condition } from './condition.js'
import { decode } from './decode.js'
import { encode } from './encode.js'
import { mailbox } from './mailbox.js'
import { mask } from './mask.js'
import type { MicroQuestion } from './micro-case.js'
import { publish } from './publish.js'
import { route } from './route.js'

/** In the order of a record's way. */
export const questions: readonly MicroQuestion[] = [publish, decode, route, condition, mask, encode, mailbox]
