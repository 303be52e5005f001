import { SendFailure, type SendFailureKind } from './record-producer.js'

/** Answers by which nothing is written, now or the next time. After an answer that is in none of these lists, records may be written. */
const refusals = ['INVALID_TOPIC_EXCEPTION', 'TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'UNSUPPORTED_COMPRESSION_TYPE']
/** The same because of some records, or because of their number: a topic may take less in one batch than we send. */
const recordRefusals = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP', 'POLICY_VIOLATION']
/** Answers by which this producer's numbers are not those that the partition's leader expects. */
const sequenceErrors = ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'DUPLICATE_SEQUENCE_NUMBER', 'UNKNOWN_PRODUCER_ID', 'INVALID_PRODUCER_EPOCH']

interface KafkaError {
  readonly message: string
  readonly cause?: KafkaError
  readonly type?: string
}

/** What kafkajs's error says of an attempt to send. @param isUnanswered whether Kafka has not answered what was sent. */
export function sendFailure(error: unknown, isUnanswered: boolean): SendFailure {
  const { type, message } = rootCause(error)
  return new SendFailure(isUnanswered ? 'unsure' : failureKind(type), message)
}

/** The error behind the one that kafkajs has wrapped around it. */
function rootCause(error: unknown): KafkaError {
  return (error as KafkaError).cause ?? (error as KafkaError)
}

function failureKind(type = ''): SendFailureKind {
  if (sequenceErrors.includes(type)) return 'sequence_lost'
  if (recordRefusals.includes(type)) return 'record_refused'
  return refusals.includes(type) ? 'refused' : 'unsure'
}
