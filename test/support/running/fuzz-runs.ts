/** How many inputs a fuzzer tries: some seconds' worth by default, `FUZZ_RUNS=1000000` by hand. */
export function fuzzRuns(byDefault: number): number {
  return Number(process.env['FUZZ_RUNS'] ?? byDefault)
}
