// `npm run bench`: what maint must reach, measured in one run. Exit 1 where something is not reached.
import { spawnSync } from 'node:child_process';
import Table from 'cli-table3';
import { type Acknowledged, acknowledged } from './ack.ts';
import { calls } from './calls.ts';
import { backChain, chain, LATENCY, quietChain } from './chain.ts';
import { atRest } from './rest.ts';

const LOAD = { windows: 500, runs: 50 };

const counted = await calls();
const timed = await chain();
const socket = await acknowledged('socket');
const http = await acknowledged('http');
const socketLoaded = await acknowledged('socket', LOAD);
const httpLoaded = await acknowledged('http', LOAD);
const rest = await atRest(LOAD.windows, LOAD.runs);
const began = performance.now();
const script = spawnSync(process.execPath, ['src/demo.ts', '--script'], { encoding: 'utf8' });
const scriptSeconds = (performance.now() - began) / 1000;

const ms = (of: Acknowledged): string =>
  `${Math.round(of.p99)} ms (p50 ${Math.round(of.p50)}, the first burst at most ${Math.round(of.first)})`;

interface Line {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly reached: boolean;
}
const lines: Line[] = [
  {
    what: 'calls of a whole cycle, no add-ons',
    measured: `${counted.needed} and ${counted.readBacks} polls and read-backs`,
    limit: '20',
    reached: counted.needed <= 20,
  },
  {
    what: 'calls that each Scheduler job adds, all counted',
    measured: counted.perJob.toFixed(2),
    limit: '3',
    reached: counted.perJob <= 3,
  },
  {
    what: `command to quiet / its chain of ${quietChain.length} calls`,
    measured: `${timed.quiet.ratio.toFixed(2)} (${Math.round(timed.quiet.ms)} ms)`,
    limit: '1.3',
    reached: timed.quiet.ratio <= 1.3,
  },
  {
    what: `approval to restored / its chain of ${backChain.length} calls`,
    measured: `${timed.back.ratio.toFixed(2)} (${Math.round(timed.back.ms)} ms)`,
    limit: '1.3',
    reached: timed.back.ratio <= 1.3,
  },
  {
    what: `slash command acknowledged, Socket Mode, 50 at once, p99 of ${socket.count}`,
    measured: ms(socket),
    limit: '100 ms',
    reached: socket.p99 < 100,
  },
  {
    what: `slash command acknowledged, HTTP, 50 at once, p99 of ${http.count}`,
    measured: ms(http),
    limit: '100 ms',
    reached: http.p99 < 100,
  },
  {
    what: `the same, Socket Mode, with ${LOAD.windows} windows and ${LOAD.runs} runs under way`,
    measured: ms(socketLoaded),
    limit: '100 ms',
    reached: socketLoaded.p99 < 100,
  },
  {
    what: `the same, HTTP, with ${LOAD.windows} windows and ${LOAD.runs} runs under way`,
    measured: ms(httpLoaded),
    limit: '100 ms',
    reached: httpLoaded.p99 < 100,
  },
  {
    what: `statements a second at rest, ${LOAD.windows} windows`,
    measured: rest.windows.toFixed(1),
    limit: 'none',
    reached: true,
  },
  {
    what: `statements a second at rest, ${LOAD.windows} windows and ${LOAD.runs} runs that hold`,
    measured: rest.windowsAndRuns.toFixed(1),
    limit: 'none',
    reached: true,
  },
  {
    what: 'the demo script, started cold',
    measured: `${scriptSeconds.toFixed(1)} s`,
    limit: '20 s',
    reached: scriptSeconds < 20 && script.status === 0,
  },
];

console.log('The calls of one whole cycle:');
for (const line of counted.lines) console.log(`  ${line}`);
console.log(`\nThe longest chain to quiet, ${LATENCY} ms each:`);
for (const [i, call] of quietChain.entries()) console.log(`  ${i + 1}. ${call}`);
console.log('\nThe longest chain back:');
for (const [i, call] of backChain.entries()) console.log(`  ${i + 1}. ${call}`);
const table = new Table({
  head: ['what', 'measured', 'must reach', ''],
  style: { head: [], border: [], compact: true },
});
for (const line of lines) table.push([line.what, line.measured, line.limit, line.reached ? 'reached' : 'NOT REACHED']);
console.log(`\n${table.toString()}`);
process.exitCode = lines.every((line) => line.reached) ? 0 : 1;
process.exit();
