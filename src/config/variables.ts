import { adminVariables } from './admin-variables.js'
import { controlVariables } from './control-variables.js'
import { kafkaVariables } from './kafka-variables.js'
import { registryVariables } from './registry-variables.js'
import { serverVariables } from './server-variables.js'
import { stateVariables } from './state-variables.js'
import { tracingVariables } from './tracing-variables.js'
import type { Variable } from './variable.js'

const kib = 1024
const mib = 1024 * kib

const written = {
  ...serverVariables,
  ...adminVariables,
  ...tracingVariables,
  NODE_ID: {
    kind: 'text',
    meaning: 'By which clients tell this process from others, in their first message: a random one unless it is set.',
  },
  ...kafkaVariables,
  ...registryVariables,
  POLICY_FILE: { kind: 'file', meaning: 'Who may see what (see [Policies](../policy/README.md)).' },
  ...controlVariables,
  ENTITIES: {
    kind: 'text',
    meaning:
      'Entity names separated by commas, `*` among them for all that the registry has, or the path of a JSON file (see [Topics and schemas](../schema/README.md)).',
  },
  JWT_SECRET: {
    kind: 'secret',
    meaning: 'Verifies tokens by HS256, from 48 bytes on by HS384 and from 64 by HS512 too; at least 32. Not together with `JWKS_URL`.',
    readAgain: 'when it changes: from then on tokens are verified by the new one, and connections of before last until their tokens end',
  },
  JWKS_URL: {
    kind: 'url',
    meaning: 'Where the keys are that verify tokens: RSA by RS and PS, EC by ES, each with 256, 384 and 512, and Ed25519 by EdDSA.',
  },
  JWT_ISSUER: { kind: 'text', meaning: 'The `iss` that a token must have.' },
  JWT_AUDIENCE: {
    kind: 'text',
    meaning: 'The `aud` that a token must have; of one without any, its `client_id`, or else its `azp`, is compared.',
  },
  JWT_ROLES_CLAIM: {
    kind: 'text',
    default: 'roles',
    meaning:
      'The claims that name the roles, separated by commas. Dots lead into objects (`realm_access.roles`), names may have dots too, and of `scope` and `scp` each word is a role.',
  },
  JWT_SUB_CLAIM: {
    kind: 'text',
    default: 'sub',
    meaning: 'The claim that says who somebody is: a text, or an integer. In policies `${user.sub}` stays the claim `sub`.',
  },
  JWT_CLOCK_TOLERANCE_SECONDS: {
    kind: 'integer',
    default: '5',
    min: 0,
    max: 300,
    unit: 's',
    meaning: 'How far the clocks of issuers may be from this one: so much earlier a token counts, and so much longer.',
  },
  ALLOWED_ORIGINS: {
    kind: 'origins',
    meaning: 'The origins from which browsers may connect. Unless it is set, any may, as the token is what counts.',
  },
  TLS_CERT_FILE: { kind: 'file', meaning: 'Serves `wss` with this certificate (PEM). Read at the start: a renewed one needs a restart.' },
  TLS_KEY_FILE: { kind: 'file', meaning: 'Its key (PEM).' },
  LONGS: {
    kind: 'choice',
    default: 'number',
    choices: ['number', 'string'],
    meaning: 'How Avro longs are written (see [Values](../avro/README.md)).',
  },
  LOG_LEVEL: {
    kind: 'choice',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    meaning: 'What is logged, as JSON lines on standard output.',
  },
  CONNECTIONS_MAX: {
    kind: 'integer',
    default: '10000',
    min: 1,
    max: 1_000_000,
    meaning: 'Connections of this process; beyond it an upgrade gets 503.',
  },
  CONNECTIONS_PER_SUB_MAX: {
    kind: 'integer',
    min: 1,
    max: 1_000_000,
    meaning: 'Connections of one user (`sub`): a tenth of `CONNECTIONS_MAX` unless it is set. Beyond it an upgrade gets 429.',
  },
  SUBSCRIPTIONS_MAX: { kind: 'integer', default: '1000', min: 1, max: 1_000_000, meaning: 'Subscriptions of one connection.' },
  SUBSCRIPTIONS_TOTAL_MAX: {
    kind: 'integer',
    default: '1000000',
    min: 1,
    max: 100_000_000,
    meaning:
      'Subscriptions of all connections together, at 1.0 to 1.3 kB each. One `sub` may have a tenth of them, or as many as ten full connections have, but never more than half.',
  },
  COLLECTIONS_MAX: {
    kind: 'integer',
    default: '100',
    min: 0,
    max: 10_000,
    meaning: 'Collections of one connection. One `sub` may have ten times as many.',
  },
  COLLECTION_ENTITIES_MAX: {
    kind: 'integer',
    default: '10000',
    min: 1,
    max: 1_000_000,
    meaning: 'Entities of one collection, as one user sees it; beyond it the client is told `collection_too_large`.',
  },
  SCAN_ROWS_PER_SECOND_MAX: {
    kind: 'integer',
    default: '200000',
    min: 1,
    max: 100_000_000,
    meaning: 'Entities of the tables that are gone through in a second for snapshots of collections that one user (`sub`) asks for.',
  },
  FRAME_BYTES_MAX: {
    kind: 'integer',
    default: String(16 * kib),
    min: kib,
    max: mib,
    unit: 'bytes',
    meaning: 'A client’s frame; beyond it the connection is closed with 1009.',
  },
  FRAMES_PER_SECOND_MAX: {
    kind: 'integer',
    default: '1000',
    min: 1,
    max: 100_000,
    meaning:
      'A client’s frames; each 128 bytes of one count as a further frame. Beyond it the connection is closed with 4502. Enough to subscribe to a screen of entities at once.',
  },
  FRAME_OUT_BYTES_MAX: {
    kind: 'integer',
    min: 4 * kib,
    max: 256 * mib,
    unit: 'bytes',
    meaning:
      'The longest message that is sent: as much as `MAILBOX_BYTES_MAX` unless it is set, and never more. Clients that may see more of an update than fits get the error `update_too_large` in its place.',
  },
  MAILBOX_BYTES_MAX: {
    kind: 'integer',
    default: String(mib),
    min: 64 * kib,
    max: 256 * mib,
    unit: 'bytes',
    meaning: 'What may wait for one connection; beyond it the connection is closed with 4001.',
  },
  MAILBOXES_BYTES_MAX: {
    kind: 'integer',
    default: String(256 * mib),
    min: mib,
    max: 65_536 * mib,
    unit: 'bytes',
    meaning:
      'What may wait for all connections together, in mailboxes and sockets. A frame that waits in several mailboxes counts once. Beyond it the fullest connections are closed with 4001.',
  },
  ...stateVariables,
  SOURCE_BUFFER_BYTES_MAX: {
    kind: 'integer',
    default: String(64 * mib),
    min: mib,
    max: 4096 * mib,
    unit: 'bytes',
    meaning:
      'What may wait between Kafka and the pipeline, of all partitions together, decompressed or not. A single batch that becomes larger passes alone.',
  },
  IDLE_TIMEOUT_SECONDS: {
    kind: 'integer',
    default: '60',
    min: 9,
    max: 960,
    unit: 's',
    meaning:
      'A client is gone if nothing has come from it for so long, not even the answer to a ping, or if it has taken nothing of what it is sent.',
  },
  UPGRADES_PER_SECOND_MAX: {
    kind: 'integer',
    default: '1000',
    min: 1,
    max: 1_000_000,
    meaning:
      'How many clients may connect in a second, and as many at once: when another node has ended, its clients do not hold up those of this one. The others are told to come back in 5 to 10 s.',
  },
  DRAIN_MS: {
    kind: 'integer',
    default: '0',
    min: 0,
    max: 3_600_000,
    unit: 'ms',
    meaning:
      'How long the clients may take to leave after SIGTERM, so that other nodes get them one by one: before the rest is closed, and before `SHUTDOWN_TIMEOUT_MS` begins. In the first 5 s of it, at most a fifth, others are still let in.',
  },
  SHUTDOWN_TIMEOUT_MS: {
    kind: 'integer',
    default: '10000',
    min: 0,
    max: 600_000,
    unit: 'ms',
    meaning: 'How long the process may take to leave after SIGTERM.',
  },
} as const satisfies Record<string, Variable>

type Written = typeof written

/** The variables that hold secrets. Each may stand in a file instead, which the variable of its name with `_FILE` names. */
export type SecretName = { [N in keyof Written]: Written[N]['kind'] extends 'secret' ? N : never }[keyof Written]

type SecretFileName = `${SecretName}_FILE`
export type VariableName = keyof Written | SecretFileName

/** Every environment variable that Sluice reads. The lists of the room's manual are made from this one (`npm run readme`). */
export const variables: Written & Readonly<Record<SecretFileName, Variable>> = withSecretFiles()

/** The name of the variable that says in which file the secret stands. */
export function fileOf(name: SecretName): SecretFileName {
  return `${name}_FILE`
}

/** Each file behind its secret, so that lists show them together. */
function withSecretFiles() {
  const all = Object.entries<Variable>(written).flatMap(([name, variable]): [string, Variable][] => {
    if (variable.kind !== 'secret') return [[name, variable]]
    const meaning = `Where \`${name}\` stands instead, read again ${variable.readAgain!}.`
    return [
      [name, variable],
      [`${name}_FILE`, { kind: 'file', meaning }],
    ]
  })
  return Object.fromEntries(all) as typeof variables
}
