// Plays one whole maintenance between real processes, with troubles on the way, and says what is wrong with it in the end.
import { isDeepStrictEqual } from 'node:util';
import { Operator, type Saw } from './operator.ts';
import { APP, type Stage } from './stage.ts';
import { type During, meet, pause, type Trouble } from './trouble.ts';

/** Whatever happened, the run goes on by itself within so many seconds. */
const GOES_ON_S = 30;
/** For a phase from its last trouble to its end, on a machine that is doing a lot else. */
const PHASE_MS = 90_000;

interface Phase {
  readonly during: During;
  readonly begin: (operator: Operator) => Promise<void>;
  readonly ends: readonly Saw[];
  /** Whether the run has something to do in it by itself. */
  readonly moves: boolean;
}

const phases: readonly Phase[] = [
  { during: 'quieting', begin: async () => {}, ends: ['holding'], moves: true },
  { during: 'holding', begin: async () => {}, ends: ['holding'], moves: false },
  { during: 'asking', begin: (op) => op.resume(), ends: ['approvable'], moves: true },
  { during: 'back', begin: (op) => op.approve(), ends: ['restored'], moves: true },
];

export interface Played {
  /** Of one trouble. */
  readonly wrong: readonly { readonly trouble: Trouble; readonly why: string }[];
  /** Of the maintenance as a whole: whichever of its troubles it was. */
  readonly why: string | null;
}

/** `begin`: how it begins, where not by a typed start. Never throws for what the bots do. */
export async function playMaintenance(
  stage: Stage,
  troubles: readonly Trouble[],
  begin: Phase['begin'] = (operator) => operator.start(),
): Promise<Played> {
  const wrong: { trouble: Trouble; why: string }[] = [];
  const operator = new Operator(stage);
  try {
    for (const phase of phases) {
      const over = through(stage, operator, phase.during === 'quieting' ? { ...phase, begin } : phase);
      over.catch(() => {});
      for (const trouble of troubles.filter(({ during }) => during === phase.during)) {
        const place = await meet(stage, trouble, over);
        const why = await goesOn(stage, phase, over);
        if (why !== null) wrong.push({ trouble, why });
        await trouble.strike.end(stage, place);
      }
      await over;
    }
    return { wrong, why: judged(stage, operator) };
  } catch (error) {
    return { wrong, why: error instanceof Error ? error.message : String(error) };
  } finally {
    stage.watcher = null;
  }
}

async function through(stage: Stage, operator: Operator, phase: Phase): Promise<void> {
  await phase.begin(operator);
  await operator.until(PHASE_MS * stage.patience, ...phase.ends);
}

/** Null where the run is driven again soon: it asks Heroku something, or is through already. */
async function goesOn(stage: Stage, { moves }: Phase, over: Promise<void>): Promise<string | null> {
  if (!moves) return null;
  const { count } = stage.traffic;
  const since = performance.now();
  const within = GOES_ON_S * stage.patience;
  let through = false;
  over.then(
    () => {
      through = true;
    },
    () => {},
  );
  while (!through && stage.traffic.count === count) {
    if (performance.now() - since > within * 1_000) return `the run did not go on within ${within} s`;
    await pause(50);
  }
  return null;
}

function judged(stage: Stage, operator: Operator): string | null {
  const said: string[] = [];
  const { before, sandbox, places } = stage;
  const now = sandbox.world.settings(APP);
  if (!isDeepStrictEqual(now, before)) {
    said.push(`the app is not as before: ${JSON.stringify(now)}, before ${JSON.stringify(before)}`);
  }
  const twice = operator.twice();
  if (twice.length > 0) said.push(`posted twice: ${twice.join(', ')}`);
  for (const { name, bot } of places) {
    if (bot === null || !bot.running) said.push(`bot ${name} ended by itself: ${bot?.said().slice(-500) ?? ''}`);
  }
  return said.length === 0 ? null : said.join('; ');
}
