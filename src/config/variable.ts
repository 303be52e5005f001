/** What is known of an environment variable. */
export interface Variable {
  /** What the value may be; `variable-value.ts` checks it and says it in words. */
  readonly kind: 'integer' | 'text' | 'secret' | 'url' | 'urls' | 'socket' | 'file' | 'brokers' | 'topic' | 'origins' | 'choice' | 'switch'
  /** As it would stand in the environment; undefined where there is none. */
  readonly default?: string
  /** Bounds of an integer, both included. */
  readonly min?: number
  readonly max?: number
  readonly unit?: string
  readonly choices?: readonly string[]
  readonly meaning: string
  /** Of a secret: when the file is read again in which it may stand instead. */
  readonly readAgain?: string
}
