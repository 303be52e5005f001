import { ConfigurationError } from '../../errors.js'

/** Where something stands in the policy file, such as `roles.support[1].conditions.total`. */
export class Place {
  constructor(private readonly path = '') {}

  member(name: string): Place {
    if (!/^[\w$]+$/.test(name)) return new Place(`${this.path}[${JSON.stringify(name)}]`)
    return new Place(this.path === '' ? name : `${this.path}.${name}`)
  }

  item(index: number): Place {
    return new Place(`${this.path}[${index}]`)
  }

  /** What the loading ends with: one sentence of the place and of what is wrong there. */
  refusal(why: string): ConfigurationError {
    return new ConfigurationError(`The policy's ${this.path === '' ? 'file' : this.path} ${why}.`)
  }

  toString(): string {
    return this.path
  }
}

export function isJsonObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
