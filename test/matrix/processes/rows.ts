// The rows of "Real processes" in expected.md, each as units: one whole maintenance with some troubles on its way, every one
// of which is a cell.
import { randomFrom } from '../../../src/sandbox/random.ts';
import type { CellDatabase, Server } from './server.ts';
import * as strikes from './strikes.ts';
import type { During, Instant, Strike, Trouble } from './trouble.ts';

export interface Unit {
  readonly row: string;
  readonly name: string;
  readonly plays: Plays;
}

export type Plays = { readonly cells: number } & (
  | { readonly is: 'directory'; readonly troubles: () => readonly Trouble[] }
  | {
      readonly is: 'postgres';
      /** On a server that nobody else uses. */
      readonly alone: boolean;
      readonly troubles: (server: Server, database: CellDatabase) => readonly Trouble[];
    }
  | { readonly is: 'second' | 'both-start' }
  | { readonly is: 'newer'; readonly cut: number }
);

const often: readonly During[] = ['quieting', 'quieting', 'asking', 'back', 'back'];
const once: readonly During[] = ['quieting', 'holding', 'asking', 'back'];
const moving: readonly During[] = ['quieting', 'back'];

/** How long a phase lasts about, in milliseconds and in requests to Heroku. */
const sizes: Readonly<Record<During, { readonly ms: number; readonly requests: number }>> = {
  quieting: { ms: 1_000, requests: 24 },
  holding: { ms: 300, requests: 1 },
  asking: { ms: 300, requests: 6 },
  back: { ms: 1_000, requests: 18 },
};

interface Form {
  readonly short: boolean;
  readonly seed: number;
}

/** Those that mostly wait come first, so that the others fill the waiting. */
export function units({ short, seed }: Form): readonly Unit[] {
  const outage = short ? 5_000 : 30_000;
  const times = (many: number): number => (short ? 1 : many);
  const few = (whole: readonly During[], some: readonly During[]): readonly During[] => (short ? some : whole);
  return [
    ...of('stop-pg', times(4), (name) => postgres(name, few(moving, ['back']), random, strikes.stop)),
    ...of('postgres-read-only', 1, (name) => outages(name, moving, (s, d) => strikes.readOnly(s, d, outage))),
    ...of('postgres-none-left', 1, (name) => outages(name, moving, (s, d) => strikes.noneLeft(s, d, outage))),
    ...of('postgres-restart', 1, (name) => ({
      ...outages(name, few(once, moving), strikes.restart),
      alone: true,
    })),
    ...of('kill-random-pg', times(6), (name) => postgres(name, few(once, ['quieting']), random, takenOver)),
    ...of('kill-chosen-pg', times(6), (name) => postgres(name, few(once, ['back']), chosen, takenOver)),
    ...of('postgres-cut', times(2), (name) => outages(name, few(often, ['quieting', 'back']), strikes.cut)),
    ...of('term-pg', times(5), (name) => postgres(name, few(once, moving), random, () => strikes.term('taken over'))),
    ...of('kill-random', times(7), (name) => directory(name, few(often, moving), random, () => strikes.kill('again'))),
    ...of('kill-chosen', times(6), (name) => directory(name, few(often, moving), chosen, () => strikes.kill('again'))),
    ...of('term', times(5), (name) => directory(name, few(once, moving), random, () => strikes.term('again'))),
    ...of('newer', times(7), (_, n) => ({ is: 'newer', cells: 1, cut: short ? 4 : n })),
    ...of('both-start', times(4), () => ({ is: 'both-start', cells: 1 })),
    ...of('second', times(2), () => ({ is: 'second', cells: 1 })),
  ];

  function of(row: string, many: number, plays: (name: string, n: number) => Plays): readonly Unit[] {
    return Array.from({ length: many }, (_, n) => {
      const name = `${row}/${seed}.${n + 1}`;
      return { row, name, plays: plays(name, n) };
    });
  }
}

const takenOver = (): Strike => strikes.kill('taken over');

type Choosing = (random: () => number, during: During) => Instant;

const random: Choosing = (next, during) => ({ is: 'after', ms: Math.floor(next() * sizes[during].ms) });
const chosen: Choosing = (next, during) => ({
  is: 'request',
  nth: 1 + Math.floor(next() * sizes[during].requests),
  when: next() < 0.5 ? 'before' : 'after',
});

function troubles(
  name: string,
  during: readonly During[],
  choosing: Choosing,
  strike: () => Strike,
): readonly Trouble[] {
  const next = randomFrom([...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7));
  return during.map((phase, i): Trouble => {
    const at = choosing(next, phase);
    const instant = at.is === 'after' ? `${at.ms} ms` : `${at.when} request ${at.nth}`;
    return { row: name, cell: `${name}/${i + 1} ${phase} ${instant}`, during: phase, at, strike: strike() };
  });
}

function directory(name: string, during: readonly During[], choosing: Choosing, strike: () => Strike): Plays {
  return { is: 'directory', cells: during.length, troubles: () => troubles(name, during, choosing, strike) };
}

function postgres(name: string, during: readonly During[], choosing: Choosing, strike: () => Strike) {
  return outages(name, during, strike, choosing);
}

function outages(
  name: string,
  during: readonly During[],
  strike: (server: Server, database: CellDatabase) => Strike,
  choosing: Choosing = random,
): Plays & { readonly is: 'postgres' } {
  return {
    is: 'postgres',
    alone: false,
    cells: during.length,
    troubles: (server, database) => troubles(name, during, choosing, () => strike(server, database)),
  };
}
