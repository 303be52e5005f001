import { ConfigurationError } from '#errors.js'

/** Where something stands in the policy file, such as `roles.support[1].conditions.total`. */
export class Place {
  /** @param steps names of members and numbers of items. */
  constructor(readonly steps: readonly (string | number)[] = []) {}

  member(name: string): Place {
    return new Place([...this.steps, name])
  }

  item(index: number): Place {
    return new Place([...this.steps, index])
  }

  /** What the loading ends with: one sentence of the place and of what is wrong there. */
  refusal(why: string): ConfigurationError {
    return new ConfigurationError(`The policy's ${this.steps.length === 0 ? 'file' : this.toString()} ${why}.`)
  }

  toString(): string {
    return this.steps.map(written).join('').replace(/^\./, '')
  }
}

function written(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return /^[\w$]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
}
