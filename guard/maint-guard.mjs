// Tells Node code whether a maintenance is under way, and ends a scheduled job that was begun in one:
//
//   import { exitInMaintenance } from './maint-guard.mjs';
//   exitInMaintenance();
//
// Not for jobs of a queue: one that returns without having worked is lost. Those wait in their queue.

/** Another config var than MAINTENANCE is named in MAINT_GUARD_VARIABLE. Throws for what is no name: it is never set. */
export function variable(env = process.env) {
  const name = env.MAINT_GUARD_VARIABLE || 'MAINTENANCE';
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new Error('MAINT_GUARD_VARIABLE should be the name of a config var, such as MAINTENANCE');
}

/** Empty, "false" and "0" are not a maintenance: apps have MAINTENANCE=false in ordinary times. */
export function maintenance(env = process.env) {
  return !['', '0', 'false'].includes((env[variable(env)] ?? '').toLowerCase());
}

export function exitInMaintenance(env = process.env) {
  if (!maintenance(env)) return;
  console.error(`maint-guard: ${variable(env)} is set: nothing was done`);
  process.exit(0);
}
