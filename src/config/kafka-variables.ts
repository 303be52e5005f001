import type { Variable } from './variable.js'

/** How Kafka is reached. */
export const kafkaVariables = {
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
  KAFKA_SASL_PASSWORD: { kind: 'secret', meaning: 'Its password.', readAgain: 'at each login' },
  KAFKA_SASL_OAUTHBEARER_TOKEN_FILE: {
    kind: 'file',
    meaning: 'Where the token for `oauthbearer` stands, read at each login, such as a projected service account token.',
  },
  KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: {
    kind: 'url',
    meaning: 'Where tokens for `oauthbearer` are fetched instead, by client credentials (RFC 6749, 4.4). HTTPS, except on the loopback.',
  },
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID: { kind: 'text', meaning: 'Needed with a token endpoint.' },
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: { kind: 'secret', meaning: 'Its secret.', readAgain: 'for each token' },
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
} as const satisfies Record<string, Variable>
