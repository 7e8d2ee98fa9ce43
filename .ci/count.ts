// Turns vitest's JSON report and the exit code of the demo script into the one closing line of .ci/run.
import { readFileSync } from 'node:fs';

const [reportPath = '', demoExit = '1'] = process.argv.slice(2);
const report: { numPassedTests: number; numFailedTests: number; numPendingTests: number; success: boolean } =
  JSON.parse(readFileSync(reportPath, 'utf8'));
const demoPassed = demoExit === '0';
const passed = report.numPassedTests + (demoPassed ? 1 : 0);
// A suite that could not be loaded fails without a failed test: it must still show as a failure.
const failed = Math.max(report.numFailedTests, report.success ? 0 : 1) + (demoPassed ? 0 : 1);
const skipped = report.numPendingTests;
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 1 ? 0 : 1;
