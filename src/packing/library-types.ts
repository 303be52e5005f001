import { join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import ts from 'typescript'
import { entriesOf, type Library } from './libraries.js'

/**
 * Bundles the declarations of a library's entries, each with all that it is made of: in a file that they share, classes that no user makes
 * would have to be exported. The build's declarations import by the names that this project's package.json gives its rooms (`#avro/...`),
 * which TypeScript does not know with `moduleResolution: node10`.
 */
export async function bundleTypes(library: Library, folder: string): Promise<void> {
  for (const { name, module } of entriesOf(library)) await bundleDeclarations(`${module}.d.ts`, join(folder, `${name}.d.ts`))
}

async function bundleDeclarations(declarations: string, file: string): Promise<void> {
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
