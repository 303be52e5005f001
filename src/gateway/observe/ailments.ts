import type { FigureName } from './figures.js'

/** Something that people should look after, told by one figure. */
export interface Ailment {
  readonly figure: FigureName
  /** `now`: the figure itself. `minute`: by how much it grew in the last minute. */
  readonly over: 'now' | 'minute'
  readonly is: 'above' | 'below'
  readonly limit: number
  /** What is not well; `{n}` is the amount. */
  readonly sentence: string
  readonly mend: string
}

/** Worst first. The console shows those that hold; alerts and the manual are to say the same. */
export const ailments = {
  not_ready: {
    ...{ figure: 'ready', over: 'now', is: 'below', limit: 1 },
    sentence: 'The node is not ready: it lets no clients in.',
    mend: '/readyz of this port says what it waits for.',
  },
  kafka_down: {
    ...{ figure: 'kafka_up', over: 'now', is: 'below', limit: 1 },
    sentence: 'Kafka does not answer.',
    mend: 'Clients keep what they have, and are sent what they missed once it answers. Look after the brokers, and the way to them.',
  },
  registry_down: {
    ...{ figure: 'registry_up', over: 'now', is: 'below', limit: 1 },
    sentence: 'The schema registry does not answer.',
    mend: 'Partitions wait at their first record of a schema that is not known yet; all others go on. Look after the registry.',
  },
  keys_down: {
    ...{ figure: 'keys_up', over: 'now', is: 'below', limit: 1 },
    sentence: 'The keys that verify tokens cannot be fetched.',
    mend: 'Tokens by keys that are known are good; those by new ones are not. Look after what JWKS_URL names.',
  },
  policy_refused: {
    ...{ figure: 'policy_in_force', over: 'now', is: 'below', limit: 1 },
    sentence: 'The policy that was written last is not in force: it cannot be read or used.',
    mend: 'The one before goes on to count. The log and the screen Policy say what is wrong with it.',
  },
  tables_given_up: {
    ...{ figure: 'tables_given_up', over: 'now', is: 'above', limit: 0 },
    sentence: 'Entity types that have lost their tables: {n}.',
    mend: 'They go on without snapshots and lists. Raise STATE_BYTES_MAX or STATE_FILL_SECONDS_MAX as the log says, and start anew.',
  },
  offsets_skipped: {
    ...{ figure: 'offsets_skipped', over: 'minute', is: 'above', limit: 0 },
    sentence: 'Offsets that were never read, in the last minute: {n}.',
    mend: 'Kafka dropped them before their turn, or has them damaged. The log names the partition.',
  },
  judging_faults: {
    ...{ figure: 'judging_faults', over: 'minute', is: 'above', limit: 0 },
    sentence: 'Faults while rights were judged, in the last minute: {n}.',
    mend: 'Those whom they concern were shown nothing. It is a fault of Sluice: report it with the lines of the log.',
  },
  bad_records: {
    ...{ figure: 'bad_records', over: 'minute', is: 'above', limit: 0 },
    sentence: 'Records that could not be read and were skipped, in the last minute: {n}.',
    mend: 'The screen Bad records says why, and what to do.',
  },
  lag: {
    ...{ figure: 'lag', over: 'now', is: 'above', limit: 10_000 },
    sentence: 'Records that wait in Kafka: {n}.',
    mend: 'The table of lag says where. One partition: its schema may be missing. All of them: this process has not enough CPU.',
  },
  filling: {
    ...{ figure: 'fill_left', over: 'now', is: 'above', limit: 0 },
    sentence: 'Tables are being filled; records that are left to read: {n}.',
    mend: 'That ends by itself. /readyz says which type is being filled.',
  },
  too_slow: {
    ...{ figure: 'too_slow', over: 'minute', is: 'above', limit: 0 },
    sentence: 'Clients that were closed as they read too slowly, in the last minute: {n}.',
    mend: 'They come back, and are sent what they missed. The screen Connections says whose mailboxes are full now.',
  },
  tokens_refused: {
    ...{ figure: 'tokens_refused', over: 'minute', is: 'above', limit: 30 },
    sentence: 'Tokens that were refused, in the last minute: {n}.',
    mend: 'The log says why: a new key or issuer, clocks that differ, or somebody who tries.',
  },
  log_lines_lost: {
    ...{ figure: 'log_lines_lost', over: 'minute', is: 'above', limit: 0 },
    sentence: 'Lines of the log that were lost, in the last minute: {n}.',
    mend: 'Whoever reads the output of this process is too slow, or has gone.',
  },
} as const satisfies Record<string, Ailment>
