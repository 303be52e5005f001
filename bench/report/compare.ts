import { comparisonText } from './comparison-text.js'
import { compareReports } from './comparison.js'
import { writeHtml } from './html-page.js'
import { readReport, UnreadableReport } from './read-report.js'

export interface CompareOptions {
  /** The comparison as JSON instead of text for people. */
  readonly json?: boolean
  /** A file for the second report as a page, with what changed. */
  readonly html?: string
  readonly writeOut?: (text: string) => void
  readonly writeErr?: (text: string) => void
}

/**
 * Says what changed from the first report to the second, and whether beyond the noise.
 * @returns the exit code: 0 whatever changed, 65 where a file is no report, 66 where it cannot be read.
 */
export function compareFiles(pathA: string, pathB: string, options: CompareOptions = {}): number {
  const { json = false, html, writeOut = toStdout, writeErr = toStderr } = options
  try {
    const [before, after] = [readReport(pathA), readReport(pathB)]
    const comparison = compareReports(before, after)
    writeOut(json ? `${JSON.stringify(comparison, undefined, 2)}\n` : comparisonText(comparison))
    if (html !== undefined) writeHtml(after, html, before)
    return 0
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error
    writeErr(`${error.message}\n`)
    return error.exitCode
  }
}

function toStdout(text: string): void {
  process.stdout.write(text)
}

function toStderr(text: string): void {
  process.stderr.write(text)
}
