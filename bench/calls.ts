// How many calls a whole cycle takes, and how they divide: what had to be asked or set, and what only looked whether it
// was so (polls of what takes time, read-backs of what was set, shown or approved).
import type { RequestLine } from '../src/heroku/api/transport.ts';
import { LATENCY } from './chain.ts';
import { atOnce, startRig } from './rig.ts';

export function isReadBack({ method, path, asking }: RequestLine): boolean {
  // A log is looked at with a POST.
  return (
    (method === 'GET' || path.endsWith('/log-sessions')) &&
    (asking.startsWith('settle') || asking === 'confirm' || asking === 'last look')
  );
}

export async function calls(): Promise<{ needed: number; readBacks: number; lines: string[]; perJob: number }> {
  // With Heroku's own slowness: what is shared between reads depends on how long they take.
  const rig = await startRig(LATENCY);
  try {
    rig.addApp(atOnce('plain', null));
    const plain = await rig.cycle('plain');
    const all = [...plain.quiet, ...plain.back];
    const few = 4;
    const many = 24;
    rig.addApp(atOnce('few', few));
    rig.addApp(atOnce('many', many));
    const withFew = await rig.cycle('few');
    const withMany = await rig.cycle('many');
    const total = (c: typeof plain): number => c.quiet.length + c.back.length;
    return {
      needed: all.filter((line) => !isReadBack(line)).length,
      readBacks: all.filter(isReadBack).length,
      lines: all.map(
        (line) =>
          `${isReadBack(line) ? '  (read-back)' : '            +'} ${line.asking.padEnd(22)} ${line.method} ${line.path.replace(/[0-9a-f-]{36}/g, '{id}')}`,
      ),
      perJob: (total(withMany) - total(withFew)) / (many - few),
    };
  } finally {
    await rig.close();
  }
}
