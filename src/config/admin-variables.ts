import type { Variable } from './variable.js'

/** Those of the port for operators, and of the console that is there. */
export const adminVariables = {
  ADMIN_PORT: {
    kind: 'integer',
    default: '9090',
    min: 0,
    max: 65_535,
    meaning: 'Where `/metrics`, the detailed `/readyz` and the console are; 0 is any free port.',
  },
  ADMIN_HOST: { kind: 'text', default: '127.0.0.1', meaning: 'The address of that port.' },
  ADMIN_HOSTS: {
    kind: 'text',
    meaning: 'Names by which browsers may ask that port for the console, separated by commas, besides `localhost` and addresses.',
  },
  ADMIN_TOKEN_FILE: {
    kind: 'file',
    meaning:
      'Who may look at the console: a line each, `label rights token`, with the rights `view` or `view,act` and tokens of at least 32 bytes. Read again when it changes. Without it a gateway on Kafka has no console (see [The console](../console/README.md)).',
  },
  CONSOLE_GATEWAY_URL: {
    kind: 'socket',
    meaning:
      'Where the console’s page connects, as browsers reach it: `PORT` under the name by which the page itself was reached unless it is set.',
  },
} as const satisfies Record<string, Variable>
