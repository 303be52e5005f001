import { ROOT_CONTEXT, type Span, SpanKind, trace, TraceFlags, type Tracer, type TracerProvider } from '@opentelemetry/api'
import { Allowance } from '#allowance.js'
import type { Clock } from '#clock.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import { type TraceParent, sampledParentIn } from './trace-parent.js'

// Traces. Enters: a routed event, with the headers of its record. Leaves: a span for each that its producer samples, up to a limit, whoever
// receives it. Without a tracer none of this is asked. No span holds data, an entity's id, a token or a user.

/** A span takes some 20 µs with its export: this many are a fifth of a percent of a core. */
const spansPerSecondMax = 100

/** An event as its span tells of it. */
interface TracedEvent {
  readonly entityType: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** By which a collector tells our spans from those of libraries. */
const scope = 'sluice'

/** What the API answers before and after a provider is registered: only then it knows a tracer. */
interface Deputy {
  getDelegateTracer(name: string): Tracer | undefined
}

/** The tracer that somebody has registered in this process, as automatic instrumentation does; undefined where nobody has. */
export function registeredTracer(): Tracer | undefined {
  const provider: TracerProvider & Partial<Deputy> = trace.getTracerProvider()
  if (provider.getDelegateTracer !== undefined && provider.getDelegateTracer(scope) === undefined) return undefined
  return provider.getTracer(scope)
}

/** Decides which events have a span. */
export class EventTracing {
  private readonly allowance: Allowance

  constructor(
    private readonly tracer: Tracer,
    private readonly clock: Clock,
  ) {
    this.allowance = new Allowance(spansPerSecondMax, clock)
  }

  /** The events of these records are taken up from now on. */
  batch(records: readonly KafkaRecord[]): BatchTracing {
    return new BatchTracing(records, this.tracer, this.clock, this.allowance)
  }
}

/** Makes the spans of a batch. Its times are those of one look at the clock, and what has passed since. */
export class BatchTracing {
  private readonly startMs: number
  private readonly startedMs: number

  constructor(
    private readonly records: readonly KafkaRecord[],
    private readonly tracer: Tracer,
    private readonly clock: Clock,
    private readonly allowance: Allowance,
  ) {
    this.startMs = clock.now()
    this.startedMs = clock.monotonicMs()
  }

  /** Seconds since the epoch, and nanoseconds: what a tracer takes for a time and for nothing else. */
  now(): [number, number] {
    const ms = this.startMs + this.clock.monotonicMs() - this.startedMs
    const seconds = Math.floor(ms / 1000)
    return [seconds, Math.floor((ms - seconds * 1000) * 1e6)]
  }

  /** Undefined where the event has none: nobody samples it, there are too many, or the tracer itself does not want it. */
  begin(event: TracedEvent): EventSpan | undefined {
    const parent = sampledParentIn(this.headersAt(event.offset))
    if (parent === undefined || !this.allowance.take()) return undefined
    const span = this.spanOf(event, parent)
    return span.isRecording() ? new EventSpan(span, this) : undefined
  }

  private spanOf({ entityType, topic, partition, offset }: TracedEvent, { traceId, spanId }: TraceParent): Span {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': offset,
      'sluice.entity_type': entityType,
    }
    const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
    const startTime: [number, number] = [Math.floor(this.startMs / 1000), (this.startMs % 1000) * 1e6]
    const options = { kind: SpanKind.CONSUMER, attributes, links: [{ context }], startTime, root: true }
    return this.tracer.startSpan(`process ${topic}`, options, ROOT_CONTEXT)
  }

  /** The offsets of a batch rise. */
  private headersAt(offset: number): Buffer | undefined {
    const { records } = this
    let [from, to] = [0, records.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (records[middle]!.offset < offset) from = middle + 1
      else to = middle
    }
    return records[from]?.offset === offset ? records[from]!.headers : undefined
  }
}

/** What becomes of one event. */
export class EventSpan {
  private masks = 0
  private receivers = 0
  private firstWrite: [number, number] | undefined
  private lastWrite: [number, number] | undefined

  constructor(
    private readonly span: Span,
    private readonly batch: BatchTracing,
  ) {
    span.addEvent('taken_up', batch.now())
  }

  encoded(): void {
    this.span.addEvent('encoded', this.batch.now())
  }

  /** One more of its frames has been handed to this many. */
  handedTo(receivers: number): void {
    this.masks++
    this.receivers += receivers
  }

  /** One of its frames was written into a socket. Said of slow readers after the end too, which is no matter then. */
  written(): void {
    this.lastWrite = this.batch.now()
    this.firstWrite ??= this.lastWrite
  }

  /** Everybody who was to have it had their turn. */
  end(): void {
    const { span, firstWrite, lastWrite } = this
    span.setAttribute('sluice.masks', this.masks)
    span.setAttribute('sluice.receivers', this.receivers)
    if (firstWrite !== undefined) span.addEvent('first_write', firstWrite)
    if (lastWrite !== undefined) span.addEvent('last_write', lastWrite)
    span.end(this.batch.now())
  }
}
