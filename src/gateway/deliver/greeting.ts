import { features, stateFeatures } from '#protocol/features.js'
import type { Greeting } from '#protocol/message.js'
import { bytesPerFrame } from './socket/frame-allowance.js'

export interface GreetingOptions {
  /** The id of this node. */
  readonly node: string
  readonly hasState: boolean
  readonly limits: {
    readonly subscriptionsMax: number
    readonly collectionsMax: number
    readonly framesPerSecondMax: number
    readonly frameBytesMax: number
  }
}

/** What clients are told of this node first. */
export function greetingOf({ node, hasState, limits }: GreetingOptions): Greeting {
  const { subscriptionsMax: subscriptions, framesPerSecondMax: frames_per_second, frameBytesMax: frame_bytes } = limits
  const collections = hasState ? limits.collectionsMax : undefined
  return {
    features: features.filter((feature) => hasState || !stateFeatures.includes(feature)),
    limits: { subscriptions, frames_per_second, bytes_per_frame: bytesPerFrame, frame_bytes, collections },
    node,
  }
}
