/** Those of Kafka's errors that mean something of their own to a reader: https://kafka.apache.org/protocol.html#protocol_error_codes */
export const errorCodes = {
  unknown: -1,
  none: 0,
  offsetOutOfRange: 1,
  unknownTopic: 3,
  notPermitted: 29,
} as const
