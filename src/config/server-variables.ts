import type { Variable } from './variable.js'

/** Where clients connect, and who serves them. */
export const serverVariables = {
  PORT: { kind: 'integer', default: '8080', min: 0, max: 65_535, meaning: 'Where WebSockets connect; 0 is any free port.' },
  HOST: {
    kind: 'text',
    meaning:
      'The address of that port: all IPv4 addresses with `KAFKA_BROKERS` set (`::` for IPv6 too), the loopback in the embedded default.',
  },
  SERVER: {
    kind: 'choice',
    default: 'auto',
    choices: ['auto', 'uws', 'ws'],
    meaning:
      'The library that serves clients (see [Which Node](../gateway/README.md#which-node)): `uws` is uWebSockets.js; `auto` is that where it has a binary for this Node, and otherwise `ws`.',
  },
  PORT_SHARED: {
    kind: 'switch',
    default: 'off',
    meaning:
      'Whether other processes may listen on `PORT` too, as several on one machine use more of its cores: each says so, and has an `ADMIN_PORT` of its own. Otherwise a port that is in use is an error.',
  },
} as const satisfies Record<string, Variable>
