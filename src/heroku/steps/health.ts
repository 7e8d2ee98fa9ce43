// Whether the app is well again before anything works with it: its web dynos, and its Postgres and an address where the settings
// name them. What cannot be seen from behind the door is said, and holds up nothing; what is not well is asked about.
import fetch from 'node-fetch';
import { z } from 'zod';
import { clause, Trouble } from '../../errors.ts';
import type { Ask, Cx, Verdict, Wait } from '../../model/step.ts';
import { withPostgres } from '../../queues/postgres.ts';
import type { Heroku } from '../api/client.ts';
import { pace, waitedFor } from './pace.ts';

const KEY = 'health';
/** A release restarts its dynos, and they take their time: nobody is asked before that. Milliseconds. */
const PATIENCE = 2 * 60_000;
/** Milliseconds of the machine's time. */
const ANSWER_MS = 5_000;
/** From http to https, to www or away from it, and a few more, are followed on the same host. */
const HOPS = 5;

const Memo = z.object({ asked: z.object({ at: z.number() }).nullable(), heard: z.number() });
type Memo = z.infer<typeof Memo>;

export function health(heroku: Heroku): Wait<Memo> {
  return {
    kind: 'wait',
    name: 'health',
    title: 'Health',
    memo: Memo,
    async settle(cx, _way, memo): Promise<Verdict<Memo>> {
      const answer = (cx.answered ?? []).slice(memo?.heard ?? 0).findLast(({ key }) => key === KEY);
      if (answer?.answer === 'go-on') return { is: 'done', says: `gone on with by ${answer.by.name}: ${answer.says}` };
      const [dynos, postgres, told] = await Promise.all([web(heroku, cx), database(heroku, cx), address(heroku, cx)]);
      const ill = [...dynos, ...postgres, ...(told.is === 'ill' ? [told.says] : [])];
      if (ill.length === 0) return told.is === 'unknown' ? { is: 'done', says: told.says } : { is: 'done' };
      const at: Memo = { asked: answer === undefined ? (memo?.asked ?? null) : null, heard: cx.answered?.length ?? 0 };
      const why = ill.join('; ');
      if (at.asked === null && answer === undefined && waitedFor(cx) < PATIENCE) {
        return { is: 'waiting', why, look: pace(cx), memo: at };
      }
      const asked = at.asked ?? { at: cx.now };
      const says = `${cx.app.name} is not well, and nothing works with it yet: ${few(ill)}`;
      const ask: Ask = { key: KEY, says, details: ill, answers: ['look-again', 'go-on'] };
      return { is: 'ask', ask, look: cx.now - asked.at < 15 * 60_000 ? 30_000 : 5 * 60_000, memo: { ...at, asked } };
    },
  };
}

async function web(heroku: Heroku, cx: Cx): Promise<readonly string[]> {
  const [formation, dynos] = await Promise.all([
    heroku.formation.list(cx, cx.app.id),
    heroku.dynos.list(cx, cx.app.id),
  ]);
  const wanted = formation.find(({ type }) => type === 'web')?.quantity ?? 0;
  // An Eco dyno that sleeps is there.
  const up = dynos.filter(({ type, state }) => type === 'web' && (state === 'up' || state === 'idle')).length;
  return up >= wanted ? [] : [`web: ${up} of ${wanted} up`];
}

async function database(heroku: Heroku, cx: Cx): Promise<readonly string[]> {
  const name = cx.settings.database;
  if (name === null) return [];
  try {
    const url = (await heroku.configVars.get(cx, cx.app.id))[name];
    if (url === undefined) return [`there is no config var ${name} with the address of its Postgres`];
    await withPostgres({ url, signal: cx.signal }, (sql) => sql(z.object({ one: z.number() }), 'select 1 as one'));
    return [];
  } catch (error) {
    if (error instanceof Trouble && !error.wide) return [`its Postgres (${name}) does not answer: ${clause(error)}`];
    throw error;
  }
}

type Told = { readonly is: 'well' } | { readonly is: 'ill' | 'unknown'; readonly says: string };

/** What the address of the settings answers; `unknown` where that says nothing of the app. */
export async function address(heroku: Heroku, cx: Cx): Promise<Told> {
  const url = cx.settings.health;
  if (url === null) return { is: 'well' };
  // Its path may hold a token.
  const where = `the address to ask (${new URL(url).host})`;
  const status = await statusOf(url, cx.signal);
  if (typeof status === 'number' && status >= 200 && status < 300) return { is: 'well' };
  if (status === 503 && (await heroku.apps.info(cx, cx.app.id)).maintenance) {
    const says = `${where} answers 503, as Heroku's router does for an app in maintenance mode: that says nothing of the app`;
    return { is: 'unknown', says };
  }
  return { is: 'ill', says: `${where} ${typeof status === 'number' ? `answers ${status}` : status}` };
}

function few(ill: readonly string[]): string {
  return ill.length > 1 ? `${ill[0]}, and more` : `${ill[0]}`;
}

/** A status, or a clause where there is none that says anything of the app. */
async function statusOf(url: string, ended: AbortSignal): Promise<number | string> {
  const late = AbortSignal.timeout(ANSWER_MS);
  // Only the status counts: what else is answered, however much, is not read.
  const enough = new AbortController();
  const signal = AbortSignal.any([ended, late, enough.signal]);
  try {
    let at = new URL(url);
    for (let hops = 0; ; hops += 1) {
      const { status, headers, body } = await fetch(at, { signal, redirect: 'manual' });
      body?.on('error', () => {});
      const location = status >= 300 && status < 400 ? headers.get('location') : null;
      const to = location === null ? null : URL.parse(location, at.href);
      if (to === null) return status;
      if (bare(to) !== bare(at)) {
        return `answers ${status} and leads to ${to.host}, which may be well whatever the app is`;
      }
      if (hops === HOPS) return `answers ${status} again and again`;
      at = to;
    }
  } catch {
    return late.aborted ? `gives no answer within ${ANSWER_MS / 1_000} s` : 'cannot be reached';
  } finally {
    enough.abort();
  }
}

function bare({ hostname }: URL): string {
  return hostname.replace(/^www\./, '');
}
