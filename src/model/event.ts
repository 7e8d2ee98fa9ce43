// Everything that can happen to a run. The events of a run, in order, are all that is stored of it: the snapshot, what
// was sent, the questions and their answers. They are only ever inserted, and `model/apply` folds them into a Run.
import { z } from 'zod';
import type { Json } from './json.ts';
import { Person } from './person.ts';
import { Concern } from './preflight.ts';
import { Finding } from './proof.ts';
import { Settings } from './settings.ts';

const JsonValue: z.ZodType<Json> = z.json();
const Instant = z.number();
const Way = z.enum(['quiet', 'back']);
const Step = z.string();
const StepRef = z.object({
  name: Step,
  title: z.string(),
  kind: z.enum(['hold', 'wait']),
  door: z.boolean(),
  onlyAsked: z.boolean().optional(),
});
const Said = z.object({ will: z.string(), byHand: z.string() });

/** An item as it was captured. `aim`: what quiet wants it to be; equal to `before` where nothing has to be done. */
export const Captured = z.object({
  step: Step,
  key: z.string(),
  label: z.string(),
  before: JsonValue,
  aim: JsonValue,
  /** What quieting will do, for the plan, and the command that puts `before` back by hand. */
  quiet: Said,
  back: Said,
});
export type Captured = z.infer<typeof Captured>;

/** A row of what an approval shows. The strings are redacted and made for people. */
export const Row = z.object({
  step: Step,
  key: z.string(),
  label: z.string(),
  before: z.string(),
  now: z.string(),
  after: z.string(),
});
export type Row = z.infer<typeof Row>;

export const About = z.discriminatedUnion('is', [
  /** `names`: the concerns that starting would mean accepting. `waits`: the steps that wait for what some of them are about instead. */
  z.object({ is: z.literal('start'), names: z.array(z.string()), waits: z.array(Step).optional() }),
  z.object({ is: z.literal('resume') }),
  z.object({
    is: z.literal('drift'),
    step: Step,
    key: z.string(),
    now: JsonValue,
    shows: z.object({ before: z.string(), sent: z.string(), now: z.string() }),
  }),
  /** While holding, an item is not as quiet wants it any more. `label`: it may be one that no snapshot knows. */
  z.object({
    is: z.literal('violation'),
    step: Step,
    key: z.string(),
    label: z.string(),
    now: JsonValue,
    shows: z.object({ before: z.string(), wanted: z.string(), now: z.string() }),
  }),
  /** `wide`: nothing at all can be done (the token is refused, the app is gone), so it is asked once for all steps. */
  z.object({
    is: z.literal('stuck'),
    step: Step,
    why: z.string(),
    remedy: z.string(),
    byHand: z.array(z.string()),
    wide: z.boolean().optional(),
  }),
  /** A step cannot go on without a person. `key`: the same matter of the same step. */
  z.object({
    is: z.literal('step'),
    way: Way,
    step: Step,
    key: z.string(),
    says: z.string(),
    details: z.array(z.string()),
    answers: z.array(
      z.enum(['look-again', 'accept', 'turn-back', 'go-on', 'go-slowly', 'all-the-rest', 'quiet-again']),
    ),
  }),
  /** Whether the operators' work runs is not known, and it is not begun a second time unasked. `id`: of the work. */
  z.object({ is: z.literal('work'), id: z.string(), says: z.string() }),
]);
export type About = z.infer<typeof About>;

export const answers = [
  'accept',
  'wait',
  'cancel',
  'approve',
  'approve-layers',
  'not-yet',
  'restore',
  'keep',
  'later',
  'try-again',
  'done-by-hand',
  'give-up',
  'quiet-again',
  'look-again',
  'turn-back',
  'go-on',
  'go-slowly',
  'all-the-rest',
] as const;
export const Answer = z.enum(answers);
export type Answer = z.infer<typeof Answer>;

/** What people did to the app while it was held: a deploy, a one-off dyno. Their work is what the window is for. */
export const Activity = z.object({
  /** The same thing has the same key. */
  key: z.string(),
  /** For people, redacted: "v42 Deploy 1a2b3c by ada@example.com". */
  says: z.string(),
  at: Instant,
  /** Not people's work, but something that maint stopped: a run of what. "the Scheduler". */
  stopped: z.string().optional(),
  /** A one-off dyno, by its id: what maint runs itself is told apart by it. */
  dyno: z.string().optional(),
});
export type Activity = z.infer<typeof Activity>;

/** `at`: when it was made, by the platform's clock. `stop`: the command that stops it by hand. */
export const WorkDyno = z.object({ id: z.string(), name: z.string(), at: Instant, stop: z.string() });
export type WorkDyno = z.infer<typeof WorkDyno>;

export const Event = z.discriminatedUnion('is', [
  /** A person wants a maintenance. `accepted`: concerns accepted in advance, by name. */
  z.object({
    is: z.literal('requested'),
    by: Person,
    because: z.string().nullable(),
    endsAt: Instant,
    settings: Settings,
    quiet: z.array(StepRef),
    back: z.array(StepRef),
    accepted: z.array(z.string()),
    /** Of a run with a cut-off: how long steps have taken before, milliseconds. Absent: it has none. */
    takes: z.record(z.string(), z.number().nonnegative()).optional(),
  }),
  /** The preflight and the capture. The second time, an item that is there already is left as it was. */
  z.object({ is: z.literal('planned'), concerns: z.array(Concern), items: z.array(Captured) }),
  /** An item changed before our first write to it. Illegal once anything has been sent for it (I1). */
  z.object({ is: z.literal('corrected'), item: Captured }),
  /** An item that was not there at the capture: a process type that a deploy added meanwhile. */
  z.object({ is: z.literal('appeared'), item: Captured }),
  /** The items' sentences, and what stops a command, are said anew: a command that names the app by its old name could reach another one. */
  z.object({
    is: z.literal('renamed'),
    name: z.string(),
    items: z.array(z.object({ step: Step, key: z.string(), quiet: Said, back: Said })),
    stops: z.array(z.object({ id: z.string(), stop: z.string() })).optional(),
  }),
  /** No channel takes the card: nobody would see the maintenance, nor the commands that undo it. */
  z.object({ is: z.literal('unheard'), why: z.string() }),
  /** The commands that undo everything have reached the thread. */
  z.object({ is: z.literal('emergency-told') }),

  /** We are about to set these values: whatever happens now, they may have been sent. */
  z.object({
    is: z.literal('sending'),
    way: Way,
    step: Step,
    changes: z.array(z.object({ key: z.string(), value: JsonValue })),
  }),
  /** The platform answered that they are set. */
  z.object({ is: z.literal('sent'), way: Way, step: Step }),
  z.object({
    is: z.literal('waiting'),
    way: Way,
    step: Step,
    why: z.string(),
    memo: JsonValue,
    /** For jobs in flight, or stopping dynos. */
    drains: z.boolean().optional(),
  }),
  z.object({ is: z.literal('again'), way: Way, step: Step, memo: JsonValue }),
  z.object({
    is: z.literal('failed'),
    way: Way,
    /** A step, `approval` for the looks that an approval is bound to, or `patrol` for those while holding. */
    step: Step,
    why: z.string(),
    remedy: z.string(),
    kind: z.enum(['retryable', 'fatal', 'needs-human']),
    /** Not to be tried again sooner: an empty rate limit bucket. */
    notBefore: Instant,
    /** Not of this step alone: nothing at all can be done. */
    wide: z.boolean().optional(),
  }),
  /** `says`: where "done" alone would say too much: "nothing to do", "not held still, as accepted". */
  z.object({
    is: z.literal('done'),
    way: Way,
    step: Step,
    findings: z.array(Finding),
    says: z.string().optional(),
    /** Of the last look: everything is back, and is only watched from here on. */
    watched: z.boolean().optional(),
  }),
  /** This item needs no more work on the way back. `now` is absent where the item is gone. */
  z.object({
    is: z.literal('settled'),
    step: Step,
    key: z.string(),
    /** `kept`: as it was shown to a person; `left`: whatever it is, for a person has given it up. */
    as: z.enum(['before', 'gone', 'kept', 'left']),
    now: JsonValue,
    /** Who decided to keep or leave it as it is. */
    by: Person.nullable(),
  }),
  /** The last look found something that is ours and not put back yet. */
  z.object({ is: z.literal('reopened'), step: Step, keys: z.array(z.string()) }),

  z.object({ is: z.literal('asked'), question: z.string(), about: About }),
  /** What an open question is about has changed: the same question, about what is there now. */
  z.object({ is: z.literal('restated'), question: z.string(), about: About }),
  /** What a resume question shows, and a hash over it: an approval is bound to it. */
  z.object({ is: z.literal('shown'), question: z.string(), rows: z.array(Row), hash: z.string() }),
  z.object({ is: z.literal('answered'), question: z.string(), answer: Answer, by: Person }),
  /** One of several approvals; the one that makes them enough is the answer. */
  z.object({
    is: z.literal('approval'),
    question: z.string(),
    answer: z.enum(['approve', 'approve-layers']),
    by: Person,
  }),
  /** One person alone opens the app, with a reason: what it does comes next to it. */
  z.object({ is: z.literal('glass-broken'), by: Person, because: z.string() }),
  /** The question is moot: what it was about has changed or been settled. */
  z.object({ is: z.literal('withdrawn'), question: z.string(), why: z.string() }),
  z.object({ is: z.literal('reminded'), question: z.string().nullable() }),

  z.object({ is: z.literal('quieted') }),
  /** What a patrol has to tell: only one that has news is written down. */
  z.object({
    is: z.literal('patrolled'),
    /** Milliseconds from one patrol to the next. */
    every: Instant,
    /** What tells of changes: the platform, with a patrol now and then, or the patrols alone. */
    by: z.enum(['webhooks', 'polls']),
    /** Where the platform's list of activity has been read to. */
    mark: JsonValue,
    activity: z.array(Activity),
    /** What could not be looked at. */
    /** `work`: of which it is not known whether it still runs. */
    unseen: z.array(z.object({ title: z.string(), why: z.string(), work: z.string().optional() })),
  }),
  /** The operators' own work while the app is held: a command, run as a one-off dyno. `shows`: the command for people, redacted. */
  z.object({
    is: z.literal('work-asked'),
    id: z.string(),
    by: Person,
    command: z.string(),
    shows: z.string(),
    size: z.string().nullable(),
  }),
  /** About to be started: whatever happens now, it may run. `there`: the ids of the one-off dynos that are there already. */
  z.object({ is: z.literal('work-starting'), id: z.string(), there: z.array(z.string()) }),
  z.object({ is: z.literal('work-started'), id: z.string(), dyno: WorkDyno }),
  /** Its dyno is not there any more; how it ended may still be told by the log. */
  z.object({ is: z.literal('work-gone'), id: z.string() }),
  /** `exit`: null where it is not known, or was never begun; `says` then says why. `cut`: lines of its output that were not kept. */
  z.object({
    is: z.literal('work-ended'),
    id: z.string(),
    exit: z.number().int().nullable(),
    says: z.string().nullable(),
    lines: z.number().int(),
    cut: z.number().int(),
  }),
  z.object({ is: z.literal('extended'), by: Person, endsAt: Instant }),
  z.object({ is: z.literal('turned'), by: Person.nullable(), why: z.string() }),
  z.object({ is: z.literal('ended'), as: z.enum(['restored', 'cancelled']), why: z.string() }),
]);
export type Event = z.infer<typeof Event>;

/** An event with when it happened, domain time, and its place in the run. The first has `seq` 1. */
export interface Logged {
  readonly seq: number;
  readonly at: number;
  readonly event: Event;
}
