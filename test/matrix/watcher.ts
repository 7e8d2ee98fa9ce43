// Looks over a cell's shoulder: what must never happen on any way through a run, whatever the trouble is. It knows Slack's
// and Heroku's side as a person would see them.
import type { Logged } from '../../src/model/event.ts';
import { same } from '../../src/model/json.ts';
import { phase } from '../../src/model/phase.ts';
import { open } from '../../src/model/questions.ts';
import { type Run, touched } from '../../src/model/run.ts';
import { current, type SandboxSlack, type Message as Shown } from '../../src/sandbox/slack/index.ts';
import type { Message } from '../../src/store/store.ts';
import { type Standing, standing } from './app.ts';
import type { Passing, Service } from './front.ts';

/** The steps that hold what add-ons and queues have. */
const OTHERS = ['heroku-autoscaling', 'hirefire', 'cron-to-go', 'advanced-scheduler', 'contract', 'intake', 'quieted'];

/** A card names so many of its questions, and the rest by number. */
const MOST_ASKED = 5;

export class Watcher {
  readonly #slack: SandboxSlack;
  readonly #before: Standing;
  readonly #run: () => Run | null;
  readonly #wrong = new Set<string>();
  /** How many commands of operators were begun in the app. */
  begun = 0;
  /** How often something failed that is repeated. */
  failures = 0;
  readonly #errors: string[] = [];

  constructor(slack: SandboxSlack, before: Standing, run: () => Run | null) {
    this.#slack = slack;
    this.#before = before;
    this.#run = run;
  }

  failed(error: unknown): void {
    this.failures += 1;
    this.#errors.push(String(error));
  }

  /** I1 and I11, at the moment of each write to Heroku. */
  request({ method, path, body }: Passing, service: Service): void {
    if (method === 'GET') return;
    if (method === 'POST' && service === 'heroku' && path.endsWith('/dynos')) this.begun += 1;
    // No row's settings say that strays are to be stopped.
    if (path.endsWith('/actions/stop')) this.#wrong.add('a one-off dyno was stopped');
    if (this.begun > 1) this.#wrong.add('the command of the operators was begun twice');
    const run = this.#run();
    if (run === null) {
      this.#wrong.add(`${method} ${path} was sent before there was a run`);
      return;
    }
    if (run.way === 'back') return;
    const opens = service === 'heroku' ? this.#opens(path, body) : switchedOn(service, path, body);
    if (opens !== null) this.#wrong.add(`${opens} although nobody had turned the run (I11)`);
  }

  /** What this write would give back, in words; null where it opens nothing. */
  #opens(path: string, body: string): string | null {
    const json: unknown = body === '' ? null : JSON.parse(body);
    const { jobs, configVars } = this.#before;
    if (/^\/apps\/[^/]+$/.test(path) && field(json, 'maintenance') === false)
      return 'maintenance mode was switched off';
    if (path.endsWith('/formation')) {
      const updates = field(json, 'updates');
      const up = Array.isArray(updates) && updates.some((update) => Number(field(update, 'quantity')) > 0);
      return up ? 'process types were scaled up' : null;
    }
    if (path.endsWith('/config-vars')) {
      return field(json, 'MAINTENANCE') === configVars['MAINTENANCE'] ? 'the config var was put back' : null;
    }
    const job = /\/jobs\/([^/]+)$/.exec(path)?.[1];
    if (job === undefined) return null;
    const command = field(field(field(json, 'data'), 'attributes'), 'command');
    return jobs.some(({ id, command: own }) => id === job && own === command) ? `job ${job} was put back` : null;
  }

  /** Everything has been told: the card has to be true at this moment. */
  looked(run: Run): void {
    const card = this.#messages(run)
      .get('card')
      ?.findLast((message) => message.deletedAt === null);
    if (card === undefined) {
      // One that was deleted is missed when it is to be drawn again, at the end at the latest.
      if (run.ended !== null) this.#wrong.add('there is no card');
      return;
    }
    for (const lie of untrue(run, this.#slack.render(card))) this.#wrong.add(lie);
  }

  /** Whatever the row says of the end. */
  verdict(
    run: Run | null,
    log: readonly Logged[],
    rows: readonly Message[],
    after: Standing,
    unseen: (run: Run, step: string, key: string) => boolean,
  ): readonly string[] {
    if (run === null) return [...this.#wrong];
    const found = [...snapshot(log), ...approval(log), ...restored(run, after, unseen), ...this.#notes(run, rows)];
    for (const wrong of found) this.#wrong.add(wrong);
    return [...this.#wrong];
  }

  #notes(run: Run, rows: readonly Message[]): readonly string[] {
    const wrong: string[] = [];
    const posted = this.#messages(run);
    for (const [key, messages] of posted) {
      const living = messages.filter((message) => message.deletedAt === null);
      if (living.length > 1 && !this.#movedOn(living)) wrong.push(`${key} was posted ${living.length} times`);
    }
    for (const row of rows) {
      if (row.state === 'sent' && (posted.get(row.key) ?? []).length === 0) wrong.push(`${row.key} was never posted`);
      if (row.state === 'pending' || row.state === 'sending') wrong.push(`${row.key} is still ${row.state}`);
      // A question that nobody has answered tells nothing any more when the run has ended.
      const asked = run.questions.find((q) => q.id === row.question);
      if (row.kind === 'question' && asked?.answered === null && run.ended !== null) continue;
      // That everything is back and watched is in the receipt too.
      if (row.kind === 'watched' && row.state === 'dropped' && run.ended !== null) continue;
      if (row.state === 'dropped' && !['reminded', 'emergency'].includes(row.kind))
        wrong.push(`${row.key} was lost: ${row.why}`);
    }
    return wrong;
  }

  /** Posted anew in another channel, because the first one takes none any more. */
  #movedOn(messages: readonly Shown[]): boolean {
    return new Set(messages.map(({ channel }) => channel)).size === messages.length;
  }

  #messages(run: Run): ReadonlyMap<string, readonly Shown[]> {
    const all = new Map<string, Shown[]>();
    for (const message of this.#slack.messages.list({ ephemeral: false })) {
      const payload = current(message).metadata?.event_payload;
      if (payload?.['run'] !== run.id) continue;
      const key = String(payload['key']);
      all.set(key, [...(all.get(key) ?? []), message]);
    }
    return all;
  }
}

/** What the card should say and does not, or says and should not. */
function untrue(run: Run, shows: string): readonly string[] {
  const [title = ''] = shows.split('\n').filter((line) => line.includes(run.app.name));
  const lies: string[] = [];
  if (!title.includes(phase(run))) lies.push(`the run is ${phase(run)}, and its card says: ${title}`);
  if (run.ended !== null) {
    const word = run.ended.as === 'restored' ? 'Restored' : 'Cancelled';
    if (!shows.includes(word)) lies.push(`the card does not say that the run was ${run.ended.as}: ${shows}`);
    if (shows.includes('❓')) lies.push(`the card of an ended run asks: ${shows}`);
    return lies;
  }
  const asked = run.questions.filter(open);
  const lines = shows.split('\n').filter((line) => line.includes('❓'));
  if (lines.length < Math.min(asked.length, MOST_ASKED)) {
    lies.push(`the card asks ${lines.length} of ${asked.length} questions: ${asked.map((q) => q.about.is).join(', ')}`);
  }
  for (const { about } of asked.slice(0, MOST_ASKED)) {
    if (about.is !== 'drift' && about.is !== 'violation') continue;
    const label = run.items.find((item) => item.step === about.step && item.key === about.key)?.label ?? about.key;
    if (!lines.some((line) => line.includes(label)))
      lies.push(`the card does not ask about ${label}: ${lines.join(' ')}`);
  }
  return lies;
}

/** Every item that was touched is as its `before`, or as a named person has decided. */
function restored(
  run: Run,
  after: Standing,
  unseen: (run: Run, step: string, key: string) => boolean,
): readonly string[] {
  if (run.ended?.as !== 'restored') return [];
  return run.items.filter(touched).flatMap((item) => {
    const now = standing(after, item.step, item.key);
    // Those of add-ons and queues are compared as a whole: see `differences`.
    if (
      item.step === 'webhook' ||
      OTHERS.includes(item.step) ||
      unseen(run, item.step, item.key) ||
      item.settled?.as === 'left'
    )
      return [];
    const { settled } = item;
    if (settled?.as === 'gone') return now === undefined ? [] : [`${item.key} is there, and was settled as gone`];
    if (settled?.as === 'kept' && settled.by === null) return [`${item.key} was kept by nobody`];
    const should = settled?.as === 'kept' ? settled.now : item.before;
    if (now !== undefined && same(now, should)) return [];
    return [`${item.step} ${item.key} is ${JSON.stringify(now)}, and should be ${JSON.stringify(should)}`];
  });
}

/** I1: one `before` an item, corrected only while nothing has been sent for it. */
function snapshot(log: readonly Logged[]): readonly string[] {
  const before = new Map<string, unknown>();
  const sent = new Set<string>();
  const wrong: string[] = [];
  const id = (step: string, key: string): string => `${step} ${key}`;
  for (const { event } of log) {
    switch (event.is) {
      case 'planned':
        for (const item of event.items) {
          const known = id(item.step, item.key);
          if (!before.has(known)) before.set(known, item.before);
          else if (sent.has(known)) wrong.push(`the before of ${known} was written again after a write`);
        }
        break;
      case 'appeared':
        if (before.has(id(event.item.step, event.item.key))) wrong.push(`${event.item.key} appeared twice`);
        before.set(id(event.item.step, event.item.key), event.item.before);
        break;
      case 'corrected':
        if (sent.has(id(event.item.step, event.item.key))) wrong.push(`${event.item.key} was corrected after a write`);
        before.set(id(event.item.step, event.item.key), event.item.before);
        break;
      case 'sending':
        for (const { key } of event.changes) {
          if (!before.has(id(event.step, key))) wrong.push(`${key} was sent without a before`);
          sent.add(id(event.step, key));
        }
    }
  }
  return wrong;
}

const decides: readonly string[] = ['approve', 'approve-layers', 'give-up'];

/** I11: a run that was quiet is turned by an approval. */
function approval(log: readonly Logged[]): readonly string[] {
  const quieted = log.find(({ event }) => event.is === 'quieted');
  const turned = log.find(({ event }) => event.is === 'turned');
  if (quieted === undefined || turned?.event.is !== 'turned') return [];
  // Or a named person has left everything as it is, where there is nothing any more that could be opened.
  const decided = log.some(
    ({ seq, event }) =>
      seq < turned.seq && ((event.is === 'answered' && decides.includes(event.answer)) || event.is === 'glass-broken'),
  );
  return decided && turned.event.by !== null ? [] : ['it was turned without an approval (I11)'];
}

/** What this write to an add-on, or to the app itself, would let go on, in words; null where it does not. */
function switchedOn(service: Service, path: string, body: string): string | null {
  const json: unknown = body === '' ? null : JSON.parse(body);
  const on =
    (service === 'cronToGo' && path.endsWith('/resume')) ||
    (service === 'advancedScheduler' && field(json, 'state') === 'active') ||
    (service === 'autoscaling' && field(json, 'is_active') === true) ||
    (service === 'jobs' && path.endsWith('/resume')) ||
    (service === 'hireFire' && field(field(json, 'manager'), 'enabled') === true);
  return on ? `something of ${service} was switched on again` : null;
}

function field(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}
