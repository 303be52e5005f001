import { Fragment } from 'preact'

/** A path that breaks where people would break it, if it must. */
export function FieldPath({ path }: { readonly path: string }) {
  const parts = path.split(/(?<=[._])/)
  return (
    <>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  )
}
