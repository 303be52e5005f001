/** Every environment variable that Sluice reads. The lists of the room's manual are made from this one (`npm run readme`). */

export interface Variable {
  /** What the value may be; `variable-value.ts` checks it and says it in words. */
  readonly kind: 'integer' | 'text' | 'secret' | 'url' | 'file' | 'brokers' | 'origins' | 'choice' | 'switch'
  /** As it would stand in the environment; undefined where there is none. */
  readonly default?: string
  /** Bounds of an integer, both included. */
  readonly min?: number
  readonly max?: number
  readonly unit?: string
  readonly choices?: readonly string[]
  readonly meaning: string
}

const kib = 1024
const mib = 1024 * kib

export const variables = {
  PORT: { kind: 'integer', default: '8080', min: 0, max: 65_535, meaning: 'Where WebSockets connect; 0 is any free port.' },
  HOST: {
    kind: 'text',
    meaning:
      'The address of that port: all IPv4 addresses with `KAFKA_BROKERS` set (`::` for IPv6 too), the loopback in the embedded default.',
  },
  ADMIN_PORT: {
    kind: 'integer',
    default: '9090',
    min: 0,
    max: 65_535,
    meaning: 'Where `/metrics` and the detailed `/readyz` are; 0 is any free port.',
  },
  ADMIN_HOST: { kind: 'text', default: '127.0.0.1', meaning: 'The address of that port.' },
  NODE_ID: {
    kind: 'text',
    meaning: 'By which clients tell this process from others, in their first message: a random one unless it is set.',
  },
  KAFKA_BROKERS: { kind: 'brokers', meaning: 'The brokers. Without it the embedded default runs.' },
  KAFKA_CLIENT_ID: {
    kind: 'text',
    default: 'sluice',
    meaning: 'By which brokers tell their clients apart, in quotas and in their logs.',
  },
  KAFKA_RACK: {
    kind: 'text',
    meaning:
      'Where this process runs, as brokers have it in `broker.rack`: the nearest replica is read from, where brokers have a `replica.selector.class`.',
  },
  KAFKA_REQUEST_TIMEOUT_MS: {
    kind: 'integer',
    default: '10000',
    min: 1000,
    max: 300_000,
    unit: 'ms',
    meaning: 'A broker that does not answer within this time counts as gone.',
  },
  KAFKA_SASL_MECHANISM: {
    kind: 'choice',
    choices: ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'],
    meaning: 'Turns SASL on.',
  },
  KAFKA_SASL_USERNAME: { kind: 'text', meaning: 'Needed with a mechanism other than `oauthbearer`.' },
  KAFKA_SASL_PASSWORD: { kind: 'secret', meaning: 'Its password.' },
  KAFKA_SASL_PASSWORD_FILE: { kind: 'file', meaning: 'Where the password stands instead, read at each login.' },
  KAFKA_SASL_OAUTHBEARER_TOKEN_FILE: {
    kind: 'file',
    meaning: 'Where the token for `oauthbearer` stands, read at each login, such as a projected service account token.',
  },
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: {
    kind: 'url',
    meaning: 'Where tokens for `oauthbearer` are fetched instead, by client credentials (RFC 6749, 4.4). HTTPS, except on the loopback.',
  },
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: { kind: 'text', meaning: 'Needed with a token endpoint.' },
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: { kind: 'secret', meaning: 'Its secret.' },
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET_FILE: { kind: 'file', meaning: 'Where the secret stands instead, read for each token.' },
  KAFKA_SASL_OAUTHBEARER_SCOPE: { kind: 'text', meaning: 'The scopes that the token is to have, with spaces between them.' },
  KAFKA_TLS: {
    kind: 'switch',
    default: 'off',
    meaning:
      'Whether brokers are reached by TLS. Without it `plain` and `oauthbearer` send secrets that anybody between can read: it must be said.',
  },
  KAFKA_TLS_CA_FILE: {
    kind: 'file',
    meaning: 'The authority that signed the brokers’ certificates (PEM), where the system does not know it. Read at each connection.',
  },
  KAFKA_TLS_CERT_FILE: { kind: 'file', meaning: 'The client’s certificate (PEM), where brokers ask for one. Read at each connection.' },
  KAFKA_TLS_KEY_FILE: { kind: 'file', meaning: 'Its key (PEM).' },
  SCHEMA_REGISTRY_URL: { kind: 'url', meaning: 'A registry with Confluent’s API.' },
  SCHEMA_REGISTRY_USER: { kind: 'text', meaning: 'For basic authentication.' },
  SCHEMA_REGISTRY_PASSWORD: { kind: 'secret', meaning: 'For basic authentication.' },
  SCHEMA_REGISTRY_TIMEOUT_MS: {
    kind: 'integer',
    default: '5000',
    min: 100,
    max: 60_000,
    unit: 'ms',
    meaning: 'How long one look-up may take.',
  },
  POLICY_FILE: { kind: 'file', meaning: 'Who may see what (see [Policies](../policy/README.md)).' },
  ENTITIES: {
    kind: 'text',
    meaning:
      'Entity names separated by commas, `*` among them for all that the registry has, or the path of a JSON file (see [Topics and schemas](../schema/README.md)).',
  },
  JWT_SECRET: { kind: 'secret', meaning: 'Verifies tokens by HS256; at least 32 bytes. Not together with `JWKS_URL`.' },
  JWKS_URL: { kind: 'url', meaning: 'Where the keys are that verify tokens by RS256, ES256 or EdDSA.' },
  JWT_ISSUER: { kind: 'text', meaning: 'The `iss` that a token must have.' },
  JWT_AUDIENCE: { kind: 'text', meaning: 'The `aud` that a token must have.' },
  JWT_ROLES_CLAIM: {
    kind: 'text',
    default: 'roles',
    meaning: 'The claim that names the roles; dots lead into objects (`realm_access.roles`).',
  },
  ALLOWED_ORIGINS: {
    kind: 'origins',
    meaning: 'The origins from which browsers may connect. Unless it is set, any may, as the token is what counts.',
  },
  TLS_CERT_FILE: { kind: 'file', meaning: 'Serves `wss` with this certificate (PEM).' },
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
    meaning: 'A client is gone if nothing has come from it for so long, not even the answer to a ping.',
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

export type VariableName = keyof typeof variables
