import { useSignal } from '@preact/signals'
import { openSession } from './session.js'

export function SignIn({ why }: { readonly why: string | undefined }) {
  const [token, remember] = [useSignal(''), useSignal(false)]
  const open = (event: Event): void => {
    event.preventDefault()
    void openSession(token.value.trim(), remember.value)
  }
  return (
    <main class="sign-in">
      <h1>Sluice</h1>
      <p>
        With the sample shop, open the address that <code>npm start</code> prints, with your own records the one that{' '}
        <code>sluice look</code> prints: the key is in it. At a gateway of yours, a token of its <code>ADMIN_TOKEN_FILE</code>:
      </p>
      <form onSubmit={open}>
        <label>
          Admin token{' '}
          <input
            type="password"
            autocomplete="off"
            value={token.value}
            onInput={({ currentTarget }) => (token.value = currentTarget.value)}
          />
        </label>
        <label>
          <input type="checkbox" checked={remember.value} onChange={({ currentTarget }) => (remember.value = currentTarget.checked)} /> keep
          it in this tab
        </label>
        <button type="submit">Look</button>
      </form>
      {why !== undefined && <p role="alert">{why}</p>}
    </main>
  )
}
