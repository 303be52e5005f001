import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import ts from 'typescript'

/**
 * Bundles a module's declarations: theirs import by the names that this project's package.json gives its rooms (`#avro/...`), which
 * TypeScript does not know with `moduleResolution: node10`.
 */
export async function bundleTypes(declarations: string, file: string): Promise<void> {
  const { NodeNext } = ts.ModuleKind
  const bundler = await rollup({
    input: declarations,
    external: [/^[^.#/]/],
    plugins: [dts({ compilerOptions: { module: NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext } })],
    onwarn: ({ message }) => {
      throw new Error(message)
    },
  })
  await bundler.write({ file, format: 'es' })
  await bundler.close()
}
