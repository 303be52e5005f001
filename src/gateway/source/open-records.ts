import { bytesOf } from './batch-size.js'
import type { KafkaRecord } from '#kafka/kafka-record.js'
import type { RecordSteps } from './stored-records.js'

/** Records that are handed on one after the other, whether they are all there or each is made when its turn has come. */
export class OpenRecords {
  private constructor(
    private readonly steps: RecordSteps,
    /** The next one; undefined after the last. */
    public first: KafkaRecord | undefined,
    /** What is counted for them, in bytes: themselves, or what they are made of. */
    readonly bytes: number,
    readonly isInSteps: boolean,
    /** It is this one that holds its partition's room among the large batches. */
    readonly isLarge: boolean,
  ) {}

  static atOnce(records: readonly KafkaRecord[]): OpenRecords {
    let at = 0
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0)
    return new OpenRecords({ next: () => records[++at] }, records[0], bytes, false, false)
  }

  /** Behind so many that were handed on before. */
  static inSteps(steps: RecordSteps, handedOn: number, bytes: number, isLarge: boolean): OpenRecords {
    for (let i = 0; i < handedOn; i++) steps.next()
    return new OpenRecords(steps, steps.next(), bytes, true, isLarge)
  }

  shift(): void {
    this.first = this.steps.next()
  }
}
