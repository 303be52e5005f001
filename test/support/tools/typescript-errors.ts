import { dirname, resolve } from 'node:path'
import ts from 'typescript'
import { programOf } from './typescript-program.js'

/** What TypeScript has against modules, by their names without `.ts`: a line each. */
export function typescriptErrors(modules: Readonly<Record<string, string>>): string[] {
  return errorsOf(programOf(modules))
}

export function errorsOf(program: ts.Program): string[] {
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

/** What it has against the project of a `tsconfig.json`. */
export function configErrors(path: string): string[] {
  const file = resolve(path)
  const { config } = ts.readConfigFile(file, (name) => ts.sys.readFile(name)) as { config: object }
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(file), undefined, file)
  return errorsOf(ts.createProgram(fileNames, options, undefined, undefined, errors))
}
