import { useSignal } from '@preact/signals'

/** A command to take elsewhere. */
export function Copied({ text }: { readonly text: string }) {
  const isDone = useSignal(false)
  // Browsers have a clipboard for pages that came encrypted, or from this machine.
  const clipboard = (navigator as Partial<Navigator>).clipboard
  const copy = (): void => void clipboard?.writeText(text).then(() => (isDone.value = true))
  return (
    <span class="copied">
      <code>{text}</code>{' '}
      {clipboard !== undefined && (
        <button type="button" onClick={copy}>
          {isDone.value ? 'Copied' : 'Copy'}
        </button>
      )}
    </span>
  )
}
