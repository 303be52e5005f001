import ts from 'typescript'

/** What TypeScript has against modules, by their names without `.ts`: a line each. */
export function typescriptErrors(modules: Readonly<Record<string, string>>): string[] {
  const options: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [] }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  const texts = new Map(Object.entries(modules).map(([name, text]) => [`${name}.ts`, text]))
  host.getSourceFile = (file, ...rest) => {
    const text = texts.get(file)
    return text === undefined ? read(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}
