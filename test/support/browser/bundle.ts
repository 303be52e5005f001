import { build, type BuildOptions } from 'esbuild'

/** A page's code with all that it imports. */
export async function bundle(entry: string, more: BuildOptions = {}): Promise<string> {
  const define = { 'process.env.NODE_ENV': '"development"' }
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define,
    write: false,
    ...more,
  })
  return outputFiles![0]!.text
}
