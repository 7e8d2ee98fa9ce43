// Add-ons that can give out work or bring dynos back, and that this version of maint cannot pause. They are named, so
// that nobody takes an app for quiet that is not (I10).

export interface Other {
  readonly name: string;
  readonly does: 'starts jobs' | 'brings dynos back';
  readonly remedy: string;
}

const pause = (name: string) =>
  `Pause it by hand in its own dashboard, then accept this. maint will not put ${name} back either.`;
const other = (name: string, does: Other['does']): Other => ({ name, does, remedy: pause(name) });

/** By the name of the add-on service. */
const services: Readonly<Record<string, Other>> = {
  temporize: other('Temporize', 'starts jobs'),
  'process-scheduler': other('Process Scheduler', 'brings dynos back'),
  flightformation: other('Flightformation', 'brings dynos back'),
  judoscale: other('Judoscale', 'brings dynos back'),
  'rails-autoscale': other('Judoscale', 'brings dynos back'),
  adeptscale: other('Adept Scale', 'brings dynos back'),
  dynoscale: other('Dynoscale', 'brings dynos back'),
};

/** By the name of a config var: not everybody takes them as an add-on. Values are never looked at. */
const variables: Readonly<Record<string, Other>> = {
  JUDOSCALE_URL: other('Judoscale', 'brings dynos back'),
  RAILS_AUTOSCALE_URL: other('Judoscale', 'brings dynos back'),
  DYNOSCALE_URL: other('Dynoscale', 'brings dynos back'),
};

/** Each once, however it was found. */
export function othersOf(addonServices: readonly string[], variableNames: readonly string[]): readonly Other[] {
  const found = [...pick(services, addonServices), ...pick(variables, variableNames)];
  return [...new Map(found.map((one) => [one.name, one])).values()];
}

function pick(from: Readonly<Record<string, Other>>, names: readonly string[]): readonly Other[] {
  return names.flatMap((name) => (Object.hasOwn(from, name) ? (from[name] ?? []) : []));
}

/** What the preflight calls it. */
export function concernOf({ name }: Other): string {
  return name.toLowerCase().replace(/\W+/g, '-');
}
