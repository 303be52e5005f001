import { isPaused } from './pause.js'

export function PauseButton() {
  return (
    <button type="button" aria-pressed={isPaused.value} onClick={() => (isPaused.value = !isPaused.value)} title="p">
      {isPaused.value ? '▶ Go on' : '❚❚ Pause'}
    </button>
  )
}
