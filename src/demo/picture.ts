// An app as it stands, for the table before / while quiet / after.
import Table from 'cli-table3';
import type { Stage } from './stage.ts';

export type Picture = ReadonlyMap<string, string>;

export function pictureOf({ world, sandbox }: Stage, app: string): Picture {
  const { maintenance, formation, configVars, jobs } = world.settings(app);
  const lines: [string, string][] = [['maintenance mode', maintenance ? 'on' : 'off']];
  for (const [type, { quantity, size }] of Object.entries(formation))
    lines.push([`${type} dynos`, `${quantity} x ${size}`]);
  lines.push([
    'MAINTENANCE',
    Object.hasOwn(configVars, 'MAINTENANCE') ? JSON.stringify(configVars['MAINTENANCE']) : 'absent',
  ]);
  lines.push([
    'other config vars',
    JSON.stringify(Object.entries(configVars).filter(([name]) => name !== 'MAINTENANCE')),
  ]);
  for (const job of jobs)
    lines.push([`job ${job.id}`, `${job.command} (every ${job.every}, at ${job.at}, ${job.size})`]);
  const { autoscaling, cronToGo } = sandbox.addOns;
  for (const { name, is_active, min_quantity, max_quantity } of autoscaling.settings(app))
    lines.push([`autoscaling ${name}`, `${is_active ? 'on' : 'off'}, ${min_quantity} to ${max_quantity} web dynos`]);
  for (const { alias, schedule, state } of 'CRONTOGO_API_KEY' in configVars ? cronToGo.settings(app) : [])
    lines.push([`Cron To Go: ${alias}`, `${state} (${schedule})`]);
  return new Map(lines);
}

export function equal(a: Picture, b: Picture): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}

export function compared(app: string, pictures: Readonly<Record<string, Picture>>): string {
  const names = [...new Set(Object.values(pictures).flatMap((picture) => [...picture.keys()]))];
  const table = new Table({ head: [app, ...Object.keys(pictures)], style: { head: [], border: [], compact: true } });
  for (const name of names)
    table.push([name, ...Object.values(pictures).map((picture) => short(picture.get(name) ?? 'gone'))]);
  return table.toString();
}

function short(text: string): string {
  return text.length <= 34 ? text : `${text.slice(0, 33)}…`;
}
