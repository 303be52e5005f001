/** One small question about the code, asked in several cases. */
export interface MicroQuestion {
  readonly name: string
  /** One sentence. */
  readonly question: string
  /** Made anew in each process that measures. */
  readonly cases: () => readonly MicroCase[] | Promise<readonly MicroCase[]>
}

/** The same work done in two ways, which must come to the same answers. */
export interface MicroCase {
  readonly name: string
  /** Answers are asked for the inputs from 0 up to this, so that no way can remember the only one there is. */
  readonly inputs: number
  /** What one answer counts for: 100 where it serves 100 subscribers. */
  readonly operations: number
  /** The code of `src/`. */
  readonly sluice: Way
  /** What one writes without it. */
  readonly plain: Way
}

/** One way to the answers of a case. */
export interface Way {
  /** Answers all inputs once. Returns an integer that depends on every answer, the same each time. */
  answerAll(): number
  /** The answer to one input in a form that compares with the other way's. */
  answerTo(input: number): unknown
}

export interface AnswerReading<A> {
  /** An integer from so much of an answer that all of it must have been worked out; cheap, as it is measured along with the work. */
  readonly weigh: (answer: A) => number
  /** What is compared with the other way's answer; the answer itself unless told. */
  readonly shown?: (answer: A) => unknown
}

/** A case whose answers are of one kind, read alike from both ways. */
export function caseOf<A>(
  named: Pick<MicroCase, 'name' | 'inputs' | 'operations'>,
  sluice: (input: number) => A,
  plain: (input: number) => A,
  reading: AnswerReading<A>,
): MicroCase {
  return { ...named, sluice: wayOf(named.inputs, sluice, reading), plain: wayOf(named.inputs, plain, reading) }
}

export function wayOf<A>(inputs: number, answer: (input: number) => A, { weigh, shown = (known) => known }: AnswerReading<A>): Way {
  return {
    answerAll() {
      let weight = 0
      for (let input = 0; input < inputs; input++) weight += weigh(answer(input))
      return weight
    },
    answerTo: (input) => shown(answer(input)),
  }
}
