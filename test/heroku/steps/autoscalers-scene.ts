// An app with both autoscalers, on servers that really scale while they are not held.
import { onTestFinished } from 'vitest';
import { createHerokuAutoscaling } from '../../../src/heroku/autoscalers/heroku-autoscaling.ts';
import { createHireFire } from '../../../src/heroku/autoscalers/hirefire.ts';
import { herokuAutoscaling } from '../../../src/heroku/steps/heroku-autoscaling.ts';
import { hirefire } from '../../../src/heroku/steps/hirefire.ts';
import { type AnyHold, type Cx, held } from '../../../src/model/step.ts';
import { startAutoscaling } from '../../../src/sandbox/autoscaling.ts';
import { type Manager, startHireFire } from '../../../src/sandbox/hirefire.ts';
import type { AppDescription, Fault } from '../../../src/sandbox/index.ts';
import { shop } from '../../helpers/engine.ts';
import { stages } from './stage.ts';

const stageFor = stages();

export const scaled: Partial<AppDescription> = {
  formation: { web: { quantity: 2, size: 'performance-m' }, worker: { quantity: 3 }, mailer: { quantity: 2 } },
  config: { LANG: 'C', HIREFIRE_TOKEN: 'hirefire-token', HIREFIRE_API_KEY: 'hirefire-key' },
};

/** An app with both, and what there is to see of them. */
export async function scene(app: Partial<AppDescription> = scaled) {
  const stage = await stageFor(shop(app));
  const { clock, world, heroku } = stage;
  const heros = await startAutoscaling({ clock, world });
  const fire = await startHireFire({ clock, world });
  const { token } = stage.sandbox.heroku;
  const autoscaling = createHerokuAutoscaling({ url: heros.url, token, pauses: [1, 1] });
  const client = createHireFire({ url: fire.url, pauses: [1, 1] });
  onTestFinished(async () => {
    autoscaling.close();
    client.close();
    await Promise.all([heros.close(), fire.close()]);
  });
  return {
    stage,
    heros,
    fire,
    holds: {
      'heroku-autoscaling': held(herokuAutoscaling(heroku, autoscaling)),
      hirefire: held(hirefire(heroku, client)),
    } satisfies Record<string, AnyHold>,
  };
}

export type Scene = Awaited<ReturnType<typeof scene>>;

/** What a case makes of a scene: items, faults, and the changes of others. */
export interface Case {
  readonly hold: AnyHold;
  readonly keys: readonly string[];
  /** As the other side has it set: equal before and after. */
  settings(): unknown;
  on(): readonly boolean[];
  /** Somebody sets the first to something else; null where it can only be on or off. */
  readonly drift: (() => void) | null;
  gone(): void;
  fault(fault: Omit<Fault, 'service'>): void;
  readonly requests: Scene['heros']['requests'];
  readonly last: string;
}

export function herokus({ heros, holds }: Scene, active = true): Case {
  const monitor = heros.add('shop', { is_active: active, min_quantity: 2, value: 750, notification_period: 60 });
  heros.add('shop', { action_type: 'alert', name: 'LATENCY' });
  return {
    hold: holds['heroku-autoscaling'],
    keys: [monitor.id],
    settings: () => ({ ...monitor, updatedAt: 0 }),
    on: () => [monitor.is_active],
    drift: () => heros.set(monitor, { is_active: true, max_quantity: 9 }),
    gone: () => heros.remove(monitor),
    fault: (fault) => void heros.faults.add({ service: 'heroku', ...fault }),
    requests: heros.requests,
    last: monitor.id,
  };
}

export function hirefires({ fire, holds }: Scene, active = true): Case {
  const other = fire.add('shop');
  const managers: Manager[] = ['worker', 'mailer'].map((type) =>
    fire.manage(other, type, { enabled: active, new_relic_api_key: 'nr-secret', minimum: 0, colour: 'red' }),
  );
  const sorted = managers.toSorted((a, b) => a.id.localeCompare(b.id));
  return {
    hold: holds.hirefire,
    keys: sorted.map(({ id }) => id),
    settings: () => structuredClone(managers.map(({ values }) => values)),
    on: () => sorted.map(({ values }) => values.enabled),
    drift: null,
    gone: () => {
      if (sorted[0] !== undefined) fire.remove(sorted[0]);
    },
    fault: (fault) => void fire.faults.add({ service: 'heroku', ...fault }),
    requests: fire.requests,
    last: sorted.at(-1)?.id ?? '',
  };
}

/** A turn of the driver in which so much time passes between two reads that nothing is shared but what is kept long. */
export function slowTurn(stage: Scene['stage']): Cx {
  const cx = stage.cx();
  const { reads } = cx;
  return {
    ...cx,
    reads: { ...reads, once: (key, load, keepMs) => (keepMs === undefined ? load() : reads.once(key, load, keepMs)) },
  };
}
