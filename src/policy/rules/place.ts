import { ConfigurationError } from '#errors.js'

/** The beginning of a sentence about the whole text (`The policy's file`), and about a place in it (`The policy's`). */
export interface Whose {
  readonly whole: string
  readonly part: string
}

/** A place in a text that people wrote, such as `roles.support[1].conditions.total` in the policy file. */
export class Place {
  /** @param steps names of members and numbers of items. */
  constructor(
    private readonly whose: Whose,
    readonly steps: readonly (string | number)[] = [],
  ) {}

  member(name: string): Place {
    return new Place(this.whose, [...this.steps, name])
  }

  item(index: number): Place {
    return new Place(this.whose, [...this.steps, index])
  }

  /** The error that ends the loading: one sentence that names the place and what is wrong there. */
  refusal(why: string): ConfigurationError {
    return new ConfigurationError(`${this.words} ${why}.`)
  }

  /** How a sentence begins that speaks of it. */
  get words(): string {
    return this.steps.length === 0 ? this.whose.whole : `${this.whose.part} ${this.toString()}`
  }

  toString(): string {
    return this.steps.map(written).join('').replace(/^\./, '')
  }
}

function written(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return /^[\w$]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
}
