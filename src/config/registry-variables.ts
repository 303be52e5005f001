import type { Variable } from './variable.js'

/** How the registry is reached. */
export const registryVariables = {
  SCHEMA_REGISTRY_URL: {
    kind: 'urls',
    meaning: 'A registry with Confluent’s API. Of several addresses the next one is asked where one does not answer.',
  },
  SCHEMA_REGISTRY_TIMEOUT_MS: {
    kind: 'integer',
    default: '5000',
    min: 100,
    max: 60_000,
    unit: 'ms',
    meaning: 'How long one look-up may take at one address.',
  },
  SCHEMA_REGISTRY_USER: { kind: 'text', meaning: 'For basic authentication.' },
  SCHEMA_REGISTRY_PASSWORD: { kind: 'secret', meaning: 'For basic authentication.', readAgain: 'for each look-up' },
  SCHEMA_REGISTRY_TOKEN: { kind: 'secret', meaning: 'A bearer token instead.', readAgain: 'for each look-up' },
  SCHEMA_REGISTRY_TOKEN_ENDPOINT_URL: {
    kind: 'url',
    meaning: 'Where tokens are fetched instead, by client credentials (RFC 6749, 4.4). HTTPS, except on the loopback.',
  },
  SCHEMA_REGISTRY_CLIENT_ID: { kind: 'text', meaning: 'Needed with a token endpoint.' },
  SCHEMA_REGISTRY_CLIENT_SECRET: { kind: 'secret', meaning: 'Its secret.', readAgain: 'for each token' },
  SCHEMA_REGISTRY_SCOPE: { kind: 'text', meaning: 'The scopes that the token is to have, with spaces between them.' },
  SCHEMA_REGISTRY_LOGICAL_CLUSTER: { kind: 'text', meaning: 'The registry of Confluent’s cloud for which the token counts (`lsrc-…`).' },
  SCHEMA_REGISTRY_IDENTITY_POOL_ID: { kind: 'text', meaning: 'The identity pool there (`pool-…`).' },
  SCHEMA_REGISTRY_CA_FILE: {
    kind: 'file',
    meaning: 'The authority that signed the registry’s certificate (PEM), where the system does not know it. Read for each look-up.',
  },
  SCHEMA_REGISTRY_CERT_FILE: {
    kind: 'file',
    meaning: 'The client’s certificate (PEM), where the registry asks for one. Read for each look-up.',
  },
  SCHEMA_REGISTRY_KEY_FILE: { kind: 'file', meaning: 'Its key (PEM).' },
} as const satisfies Record<string, Variable>
