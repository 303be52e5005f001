import ts from 'typescript'

/** @param modules their texts, by their names without `.ts`. */
export function programOf(modules: Readonly<Record<string, string>>): ts.Program {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    skipLibCheck: true,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  const texts = new Map(Object.entries(modules).map(([name, text]) => [`${name}.ts`, text]))
  host.getSourceFile = (file, ...rest) => {
    const text = texts.get(file)
    return text === undefined ? read(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
  }
  return ts.createProgram([...texts.keys()], options, host)
}

/** The paths to what is no record in the type of each member of a module's `Entities`, through arrays, maps and unions. */
export function leavesOfEntities(program: ts.Program, module: string): Record<string, string[]> {
  const checker = program.getTypeChecker()
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(`${module}.ts`)!)!)
  const entities = checker.getDeclaredTypeOfSymbol(exported.find(({ name }) => name === 'Entities')!)
  const members = checker.getPropertiesOfType(entities)
  return Object.fromEntries(
    members.map((member) => [member.name, [...new Set(leavesIn(checker.getTypeOfSymbol(member), '', checker))].sort()]),
  )
}

function leavesIn(type: ts.Type, path: string, checker: ts.TypeChecker): string[] {
  if (type.isUnion()) return type.types.flatMap((one) => leavesIn(one, path, checker))
  if ((type.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) !== 0) return []
  if ((type.flags & ts.TypeFlags.Object) === 0) return [path]
  const inner = type.getNumberIndexType() ?? type.getStringIndexType()
  if (inner !== undefined) return leavesIn(inner, path, checker)
  const joined = (name: string) => (path === '' ? name : `${path}.${name}`)
  return checker.getPropertiesOfType(type).flatMap((member) => leavesIn(checker.getTypeOfSymbol(member), joined(member.name), checker))
}
