import { signal } from '@preact/signals'

/** Whether what is on the screen is to stand still. */
export const isPaused = signal(false)
