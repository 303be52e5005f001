// Which room stands on which floor, who imports whom beside it, and who knows which package: what `tidy.test.ts` holds.

/**
 * From the bottom to the top, as `src/README.md` draws them: the ground; languages, which are pure and know no program; a room for each
 * thing outside; programs, none of which imports another; and what is run. A file imports from its own room and from the floors below.
 */
export const floors = [
  ['clock', 'errors', 'entities', 'log', 'allowance', 'back-off', 'bounded-map', 'grouped-by', 'http-answer'],
  ['text', 'avro', 'policy', 'protocol'],
  ['logging', 'config', 'login', 'kafka', 'registry', 'schema'],
  ['gateway', 'publisher', 'client', 'tools'],
  ['sample'],
  ['console'],
  ['look'],
  ['main', 'sluice', 'packing'],
]

/** What a room imports besides, on its own floor or beside it in a program. Each is used: one that is not any more leaves the list. */
export const neighbours: Readonly<Record<string, readonly string[]>> = {
  // What it is given again is counted by time.
  allowance: ['clock'],
  avro: ['text'],
  policy: ['text', 'avro'],
  // The time of an update is written in bytes, by what writes the times in its data: by way of a string it takes 370 ns.
  protocol: ['text', 'avro'],
  // Secrets and tokens by which this process logs in.
  kafka: ['login'],
  registry: ['login'],
  schema: ['registry', 'config'],
  'gateway/authenticate': ['gateway/observe'],
  'gateway/source': ['gateway/observe'],
  'gateway/control': ['gateway/source', 'gateway/observe'],
  'gateway/decode': ['gateway/source', 'gateway/observe'],
  'gateway/table': ['gateway/source', 'gateway/decode', 'gateway/observe'],
  'gateway/route': ['gateway/table', 'gateway/decode'],
  'gateway/authorize': ['gateway/route', 'gateway/table', 'gateway/decode', 'gateway/observe'],
  'gateway/collections': ['gateway/authorize', 'gateway/route', 'gateway/table', 'gateway/decode', 'gateway/observe'],
  'gateway/deliver': [
    'gateway/authorize',
    'gateway/collections',
    'gateway/authenticate',
    'gateway/control',
    'gateway/route',
    'gateway/observe',
  ],
  'tools/policy': ['tools/findings'],
  'tools/schema': ['tools/findings'],
  // Who may ask, and what answers look like.
  'console/operation': ['console'],
  'console/page': ['console'],
  'tools/cli': ['tools/policy', 'tools/schema', 'tools/findings', 'client'],
}

/** Who may import what comes from outside. Each is known by one file, so that it can be replaced there. */
export const outside: Readonly<Record<string, readonly string[]>> = {
  // How its clients are made, and what it knows of a connection.
  kafkajs: ['src/kafka/kafka-client.ts', 'src/kafka/kafka-link.ts'],
  'kafkajs/src/network/connection.js': ['src/kafka/kafka-link.ts'],
  'uWebSockets.js': ['src/gateway/deliver/socket/uws/uws-server.ts'],
  // The server, and the type of its sockets. The command line's client is made of it, too.
  ws: ['src/gateway/deliver/socket/ws/ws-server.ts', 'src/gateway/deliver/socket/ws/ws-socket.ts'],
  '@confluentinc/schemaregistry/dist/schemaregistry-client.js': ['src/registry/confluent-client.ts'],
  '@casl/ability': ['src/policy/audience/leaf-verdict.ts'],
  // Where values stand, and names that stand twice.
  'jsonc-parser': ['src/text/json-lines.ts', 'src/text/repeated-member.ts'],
  yaml: ['src/tools/policy/case-file.ts', 'src/tools/policy/written-case.ts'],
  '@noble/ciphers/aes.js': ['src/gateway/table/cursor.ts'],
  fzstd: ['src/kafka/codecs/zstd-codec.ts'],
  'lz4-napi': ['src/kafka/codecs/lz4-codec.ts'],
  snappy: ['src/kafka/codecs/snappy-codec.ts'],
  '@node-rs/crc32': ['src/kafka/batch-damage.ts'],
  esbuild: ['src/packing/library-code.ts', 'src/packing/console-page.ts', 'src/packing/image-files.ts'],
  terser: ['src/packing/library-code.ts'],
  rollup: ['src/packing/library-types.ts'],
  'rollup-plugin-dts': ['src/packing/library-types.ts'],
  typescript: ['src/packing/library-types.ts'],
  pino: ['src/logging/open-log.ts'],
  'prom-client': ['src/gateway/observe/metrics/metrics-page.ts'],
  // Spans are made by one file of each program, and sent by one.
  '@opentelemetry/api': ['src/gateway/observe/tracing/event-tracing.ts', 'src/publisher/publish-span.ts'],
  '@opentelemetry/sdk-trace': ['src/gateway/observe/tracing/otlp-tracer.ts'],
  '@opentelemetry/resources': ['src/gateway/observe/tracing/otlp-tracer.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/gateway/observe/tracing/otlp-tracer.ts'],
  // Reading schemas is one thing, what one schema makes of another's records another.
  avsc: ['src/avro/avro-schema-parser.ts', 'src/tools/schema/compare/avro-resolution.ts'],
  // Verifying, its errors, what refused tokens say of themselves, the keys and how they are fetched, and the sample users' tokens.
  jose: [
    'src/gateway/authenticate/token-verifier.ts',
    'src/gateway/authenticate/token-fault.ts',
    'src/gateway/authenticate/token-refusals.ts',
    'src/gateway/authenticate/remote-keys.ts',
    'src/gateway/authenticate/key-fetch.ts',
    'src/sample/users.ts',
    // Tokens that people bring to the console, which the gateway verifies.
    'src/console/token-person.ts',
  ],
}
/** Part of the language of this code: streams, and shapes that are checked where they come in. */
export const everywhere = new Set(['rxjs', 'valibot'])
/** What the console's page is drawn with, which is bundled. */
export const pageOnly = new Set(['preact', 'preact/hooks', '@preact/signals'])
/** The command line's own, which no stage needs unless it is named above. */
export const commandLineOnly = new Set(['commander', 'ws'])
