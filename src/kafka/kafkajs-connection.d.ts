// A module of kafkajs that it has no types for: `kafka-link.ts` says what is used of it.
declare module 'kafkajs/src/network/connection.js' {
  const Connection: unknown
  export default Connection
}
