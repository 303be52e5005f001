import type { Contender } from './contender.js'
import { startOnKafka } from './sluice-on-kafka.js'
import { startInMemory } from './sluice-in-memory.js'

/** The gateway, built, as shipped. */
export const sluice: Contender = {
  ...{ name: 'sluice', filters: true, corks: true, needsKafka: false },
  start: (options) => (options.lab.parts === undefined ? startInMemory(options) : startOnKafka(options)),
}
