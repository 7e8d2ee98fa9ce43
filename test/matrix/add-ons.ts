// An app of which everything runs by itself: Heroku's autoscaling and HireFire scale it, Cron To Go and Advanced Scheduler start
// its dynos, each with something that was off before and has to stay so. What is left on really scales and starts.
import type { AppDescription, Sandbox } from '../../src/sandbox/index.ts';
import { APP, description } from './app.ts';

/** Heroku scales these sizes of web dynos only. */
export const withAddOns: AppDescription = {
  ...description,
  formation: { ...description.formation, web: { quantity: 2, size: 'performance-m' } },
  config: { ...description.config, HIREFIRE_TOKEN: 'hirefire-token', HIREFIRE_API_KEY: 'hirefire-key' },
};

/** Gives the app its add-ons; returns what they have set, at any time. */
export function furnish({ addOns }: Sandbox): () => Record<string, unknown> {
  const { autoscaling, hireFire, cronToGo, advancedScheduler } = addOns;
  // At rest while the app is: where it is at zero they scale it up again within a minute.
  const monitors = [
    autoscaling.add(APP, { is_active: true, min_quantity: 2, max_quantity: 4, value: 750, notification_period: 60 }),
    autoscaling.add(APP, { action_type: 'alert', name: 'LATENCY' }),
  ];
  const application = hireFire.add(APP);
  const managers = [
    hireFire.manage(application, 'worker', { enabled: true, minimum: 3 }),
    hireFire.manage(application, 'urgent', { enabled: false }),
  ];
  cronToGo.addTo(APP, [
    { id: 'tick', alias: 'every ten minutes', command: 'bin/tick', schedule: '*/10 * * * *' },
    { id: 'resting', alias: 'not any more', command: 'bin/resting', schedule: '*/10 * * * *', state: 'paused' },
  ]);
  advancedScheduler.addTo(APP, [
    { uuid: 'sweep', name: 'every quarter', value: 'bin/sweep', schedule: '*/15 * * * *' },
    { uuid: 'stopped', name: 'not any more', value: 'bin/stopped', schedule: '*/15 * * * *', state: 'inactive' },
  ]);
  return () => ({
    autoscaling: monitors.map(({ updatedAt: _, ...set }) => set),
    hireFire: managers.map(({ values }) => values),
    cronToGo: cronToGo.settings(APP),
    advancedScheduler: advancedScheduler.settings(APP),
  });
}
