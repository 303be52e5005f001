/** What a server may offer beyond the seed's protocol, by the names in its first message. A later server may know more of them. */
export const features = ['authenticate', 'collections', 'list', 'ping', 'resume', 'snapshot'] as const
export type Feature = (typeof features)[number]

/** Those for which a server must know the latest versions of entities. */
export const stateFeatures: readonly Feature[] = ['collections', 'resume', 'snapshot']
