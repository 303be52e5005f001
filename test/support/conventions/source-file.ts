import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

export interface Import {
  /** As it is written. */
  readonly specifier: string
  /** A path from the project's folder (`src/clock.ts`), or the name of a package. */
  readonly from: string
  /** `*` where all of the module is imported. */
  readonly names: readonly string[]
}

export interface NamedNode {
  readonly name: string
  readonly line: number
  readonly node: ts.Node
}

/** One file of TypeScript as the conventions see it. */
export class SourceFile {
  readonly text: string
  readonly lines: number
  private readonly tree: ts.SourceFile

  constructor(readonly path: string) {
    this.text = readFileSync(path, 'utf8')
    this.lines = this.text.split('\n').length - 1
    this.tree = ts.createSourceFile(path, this.text, ts.ScriptTarget.Latest, true)
  }

  get imports(): Import[] {
    return this.nodes().flatMap((node) => {
      const target = importedModule(node)
      return target === undefined ? [] : [{ specifier: target, from: this.resolve(target), names: importedNames(node) }]
    })
  }

  /** The modules that must have run before this one: those that only lend types need not. */
  get valueImports(): string[] {
    const isTypeOnly = (node: ts.ImportDeclaration) => /^import type /.test(node.getText())
    const imports = this.nodes().filter((node) => ts.isImportDeclaration(node) && !isTypeOnly(node))
    return imports.map((node) => this.resolve(importedModule(node)!))
  }

  /** Names that other files can import; `default` among them. */
  get exports(): string[] {
    return this.tree.statements.flatMap((statement) => exportedNames(statement))
  }

  /** Functions and methods of any form, with the lines that they take. */
  get functions(): (NamedNode & { readonly lines: number })[] {
    return this.nodes()
      .filter((node) => ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
      .map((node) => ({ ...this.named(node), lines: this.lineAt(node.end) - this.lineAt(node.getStart()) + 1 }))
  }

  /** Classes, interfaces and types. */
  get types(): NamedNode[] {
    const isType = (node: ts.Node) => ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
    return this.nodes()
      .filter(isType)
      .map((node) => this.named(node))
  }

  /** Variables, parameters, properties and members of interfaces, with the text of their type and value. */
  get values(): (NamedNode & { readonly type: string; readonly value: string })[] {
    return this.nodes()
      .filter(
        (node) => ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node) || ts.isPropertySignature(node),
      )
      .map((node) => ({
        ...this.named(node),
        type: node.type?.getText() ?? '',
        value: ts.isPropertySignature(node) ? '' : (node.initializer?.getText() ?? ''),
      }))
  }

  /** Whether a name occurs more often than once, that is, not only where it is declared. */
  uses(name: string): boolean {
    return this.nodes().filter((node) => ts.isIdentifier(node) && node.text === name).length > 1
  }

  private named(node: ts.Node): NamedNode {
    const name = 'name' in node ? (node.name as ts.Node | undefined) : undefined
    return { name: name?.getText() ?? '(without a name)', line: this.lineAt(node.getStart()), node }
  }

  private lineAt(position: number): number {
    return this.tree.getLineAndCharacterOfPosition(position).line + 1
  }

  private nodes(under: ts.Node = this.tree): ts.Node[] {
    const found: ts.Node[] = []
    ts.forEachChild(under, (child) => void found.push(child, ...this.nodes(child)))
    return found
  }

  /** `#avro/decimal.js` is how `package.json` lets a room's files be imported from other rooms. */
  private resolve(module: string): string {
    const path = module.startsWith('#') ? join('src', module.slice(1)) : module.startsWith('.') ? join(dirname(this.path), module) : module
    if (path === module) return module
    const [plain, withMarkup] = ['.ts', '.tsx'].map((ending) => path.replace(/\.js$/, ending))
    return existsSync(withMarkup!) ? withMarkup! : plain!
  }
}

/** What people write on top of the library, and no part of what is built. */
const examples = join('src', 'client', 'examples', '/')

/** All files of TypeScript under a folder, by their paths, without the examples. */
export function sourceFilesIn(folder: string): SourceFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
  const paths = names.map((name) => join(folder, name)).filter((path) => !path.startsWith(examples))
  return paths.sort().map((path) => new SourceFile(path))
}

function importedModule(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return textOf(node.arguments[0])
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal)
  return undefined
}

function importedNames(node: ts.Node): string[] {
  const bindings = ts.isImportDeclaration(node)
    ? node.importClause?.namedBindings
    : ts.isExportDeclaration(node)
      ? node.exportClause
      : undefined
  if (bindings === undefined || !('elements' in bindings)) return ['*']
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text)
}

function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportAssignment(statement)) return ['default']
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause
    return clause !== undefined && ts.isNamedExports(clause) ? clause.elements.map((element) => element.name.text) : ['*']
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return ['default']
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText())
  return 'name' in statement ? [(statement.name as ts.Node).getText()] : []
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : undefined
}
