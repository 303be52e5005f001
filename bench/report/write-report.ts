import { writeFileSync } from 'node:fs'
import { writeHeadline } from './headline.js'
import { writeHtml } from './html-page.js'
import type { BenchReport } from './result.js'

/** Where a report goes; undefined: not there. */
export interface ReportFiles {
  readonly out?: string | undefined
  readonly html?: string | undefined
  readonly table?: string | undefined
}

/** Of a run that failed the table is not written: people take what stands in a README for the whole. */
export function writeReport(report: BenchReport, { out, html, table }: ReportFiles): void {
  if (out !== undefined) writeFileSync(out, JSON.stringify(report, undefined, 2))
  if (html !== undefined) writeHtml(report, html)
  if (table !== undefined && report.failure === undefined) writeHeadline(report, table)
}
