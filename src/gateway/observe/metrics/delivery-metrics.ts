import { counter, counterBy, gauge, histogram, histogramBy, type Metric } from './metric.js'

export const deliveryMetrics: Readonly<Record<string, Metric>> = {
  sluice_delivery_latency_seconds: histogram(
    'From the Kafka timestamp of the oldest record in a write to that write.',
    (meter) => meter.deliveryLatency,
  ),
  sluice_type_delivery_latency_seconds: histogramBy('entity_type', 'The same by the type of that record.', ({ types }) =>
    Array.from(types.all(), ([type, { deliveryLatency }]) => [type, deliveryLatency]),
  ),
  sluice_deliveries_total: counterBy('entity_type', [], 'How often an update of a type was put into a mailbox.', ({ types }) =>
    Array.from(types.all(), ([type, { deliveries }]) => [type, deliveries]),
  ),
  sluice_frames_encoded_total: counter(
    'Frames that were encoded, each for all that may see the same of it.',
    (meter) => meter.framesEncoded,
  ),
  sluice_frames_sent_total: counter('Frames that were sent, one for each connection.', (meter) => meter.framesSent),
  sluice_sent_bytes_total: counter('Bytes of the frames that were sent.', (meter) => meter.bytesSent),
  sluice_writes_total: counter('Writes to sockets, each of all frames that waited for one connection.', (meter) => meter.writes),
  sluice_mailbox_bytes: gauge('Bytes that wait in all mailboxes, those of a shared frame once.', (meter) => meter.mailboxBytes),
  sluice_socket_bytes: gauge('Bytes that wait in this process’s buffers of all sockets.', (meter) => meter.socketBytes),
  sluice_updates_conflated_total: counter(
    'Updates that were left out, as a client could not be written to or wanted no more of them: it gets the latest.',
    (meter) => meter.updatesConflated,
  ),
  sluice_gaps_total: counter('Messages that told a client how many updates were left out.', (meter) => meter.gaps),
}
