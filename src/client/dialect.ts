/** What a server is spoken to in. */
export interface Dialect {
  /** Where a client connects to. */
  address(url: string, clientId: string, token: string): string
  /** What it offers. */
  subprotocols(token: string): string[]
  /**
   * Whether requests have a type and a mark that comes back, so that many may be under way. Otherwise answers are known by their order, and
   * the types that nobody asked for are left out here.
   */
  readonly hasMarks: boolean
}
