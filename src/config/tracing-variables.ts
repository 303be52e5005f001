import type { Variable } from './variable.js'

/** Where traces go, by the names that OpenTelemetry has for it. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    kind: 'url',
    meaning:
      'The collector to which spans of sampled events are sent, by OTLP over HTTP with `/v1/traces` behind it (see [Traces](../gateway/README.md#traces)).',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    kind: 'secret',
    meaning: 'What is sent with them, such as the key of a service: `name=value`, separated by commas, percent-encoded.',
    readAgain: 'whenever spans are sent',
  },
} as const satisfies Record<string, Variable>
