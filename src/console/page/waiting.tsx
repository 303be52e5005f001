import { trouble } from './knowledge.js'

/** Stands where something is going to be once it is known. */
export function Waiting() {
  return (
    <p class="note waiting" role="status">
      {trouble.value === undefined
        ? 'The gateway is being asked.'
        : 'Nothing is known of this yet. It fills as soon as the admin port answers.'}
    </p>
  )
}
