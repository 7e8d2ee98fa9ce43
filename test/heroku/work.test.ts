// What is heard of an operator's command: its own dyno's lines, as Heroku's log has them.
import { describe, expect, it, onTestFinished } from 'vitest';
import { herokuWork } from '../../src/heroku/work.ts';
import type { HeardLine } from '../../src/model/platform.ts';
import { shop } from '../helpers/engine.ts';
import { type Stage, stages } from './steps/stage.ts';

const stageFor = stages();

describe('the log of a command', () => {
  it('says where Heroku left lines out, for what is printed faster than it is handed on', async () => {
    const stage = await stageFor(shop());
    const app = stage.world.app('shop');
    const { logs } = stage.world;
    const told =
      'Error L11 (Tail buffer overflow) -> This tail session dropped 1101 messages since 2026-11-21T12:00:00+00:00.';
    const { heard, exited } = follow(stage);
    logs.write(app, 'app', 'run.7', 'one');
    logs.write(app, 'app', 'logplex', told);
    logs.write(app, 'heroku', 'logplex', told);
    logs.write(app, 'app', 'run.7', 'two');
    logs.write(app, 'heroku', 'run.7', 'Process exited with status 0');
    await exited;
    const left = '… here lines are missing: Heroku leaves out what is printed faster than it hands it on …';
    expect(heard.map(({ text, exit }) => text ?? exit)).toEqual(['one', left, 'two', 0]);
  });

  it('is that of its own dyno, and not of one that had the same name before', async () => {
    const stage = await stageFor(shop());
    const app = stage.world.app('shop');
    const { logs } = stage.world;
    logs.write(app, 'app', 'run.7', 'of another command');
    logs.write(app, 'heroku', 'run.7', 'Process exited with status 9');
    stage.clock.advance(10 * 60_000);
    const { heard, exited } = follow(stage);
    logs.write(app, 'app', 'run.8', 'of another dyno');
    logs.write(app, 'heroku', 'run.7', 'Starting process with command `rake secret=x`');
    logs.write(app, 'app', 'run.7', 'its own');
    logs.write(app, 'app', 'run.7', 'Process exited with status 8');
    logs.write(app, 'heroku', 'run.7', 'Error R14 (Memory quota exceeded)');
    logs.write(app, 'heroku', 'run.7', 'Process exited with status 3');
    await exited;
    expect(heard.map(({ text, exit }) => text ?? exit)).toEqual([
      'its own',
      'Process exited with status 8',
      'heroku: Error R14 (Memory quota exceeded)',
      3,
    ]);
  });
});

/** Until it is told of an exit status. */
function follow(stage: Stage): { readonly heard: readonly HeardLine[]; readonly exited: Promise<void> } {
  const dyno = { id: 'd1', name: 'run.7', at: stage.clock.now(), stop: '' };
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const heard: HeardLine[] = [];
  const exited = new Promise<void>((resolve) => {
    const onLine = (line: HeardLine): void => {
      heard.push(line);
      if (line.exit !== null) resolve();
    };
    void herokuWork(stage.heroku).follow(stage.cx(), stage.cx().app, dyno, { signal: stop.signal, onLine });
  });
  return { heard, exited };
}
