import type { Variable } from './variable.js'

const mib = 1024 * 1024

/** What is known of entities besides changes, and how much of it. */
export const stateVariables = {
  STATE: {
    kind: 'switch',
    default: 'on',
    meaning: 'Whether the latest version of every entity is kept, for snapshots, going on after a loss, and rights that change.',
  },
  STATE_BYTES_MAX: {
    kind: 'integer',
    default: String(512 * mib),
    min: mib,
    max: 65_536 * mib,
    unit: 'bytes',
    meaning: 'What the latest versions of all types may take. Beyond it a type goes on without them.',
  },
  STATE_FILL_SECONDS_MAX: {
    kind: 'integer',
    default: '300',
    min: 1,
    max: 86_400,
    unit: 's',
    meaning:
      'How long the topics of a type may take to be read from their beginning, without the time in which no broker or no registry answers. Beyond it the type goes on without its state.',
  },
  STATE_FILL_BYTES_PER_SECOND: {
    kind: 'integer',
    default: '0',
    min: 0,
    max: 65_536 * mib,
    unit: 'bytes',
    meaning: 'How fast topics are read from their beginning, to spare brokers from which many nodes do so at once; 0 is without limit.',
  },
  REPLAY_BYTES_MAX: {
    kind: 'integer',
    default: String(64 * mib),
    min: mib,
    max: 65_536 * mib,
    unit: 'bytes',
    meaning: 'What superseded versions of all types may take: clients that come back are sent those that they missed.',
  },
  REPLAY_SECONDS_MAX: {
    kind: 'integer',
    default: '3600',
    min: 1,
    max: 604_800,
    unit: 's',
    meaning: 'How long a superseded version is kept at most; what a tombstone erases is gone from memory by then.',
  },
} as const satisfies Record<string, Variable>
