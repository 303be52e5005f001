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
