/** The errors of Kafka that a reader treats each in its own way: https://kafka.apache.org/protocol.html#protocol_error_codes */
export const errorCodes = {
  unknown: -1,
  none: 0,
  offsetOutOfRange: 1,
  unknownTopic: 3,
  notPermitted: 29,
} as const
