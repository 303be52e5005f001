import ts from 'typescript'

/** TypeScript's own declarations and Node's, which it would take seconds to judge. */
const isGiven = (path: string) => /\/node_modules\/(typescript|@types|undici-types)\//.test(path)

/**
 * Compiles modules of other projects, each beside itself, in strict TypeScript. Returns what TypeScript has against them and against the
 * declarations that they import. They know Node unless other types are named.
 */
export function compileService(
  paths: readonly string[],
  modules: Pick<ts.CompilerOptions, 'module' | 'moduleResolution' | 'lib' | 'types'>,
): string[] {
  const { ES2022 } = ts.ScriptTarget
  const options = { strict: true, exactOptionalPropertyTypes: true, target: ES2022, lib: ['lib.es2022.d.ts'], types: ['node'], ...modules }
  const program = ts.createProgram(paths, options)
  program.emit()
  const judged = program.getSourceFiles().filter(({ fileName }) => !isGiven(fileName))
  const diagnostics = judged.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
  return [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(), ...diagnostics].map(
    ({ code, messageText }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  )
}
