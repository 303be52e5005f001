import { signal } from '@preact/signals'
import { whileSeen } from '../surroundings.js'

/** The page's time, a few times a second while it is seen: by it marks of changes fade. */
export const clock = signal(performance.now())

const everyMs = 300

whileSeen(everyMs, () => (clock.value = performance.now()))
