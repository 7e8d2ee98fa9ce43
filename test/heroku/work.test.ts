// What is heard of an operator's command: its own dyno's lines, as Heroku's log has them.
import { describe, expect, it, onTestFinished } from 'vitest';
import { herokuWork } from '../../src/heroku/work.ts';
import type { HeardLine } from '../../src/model/platform.ts';
import { shop } from '../helpers/engine.ts';
import { stages } from './steps/stage.ts';

const stageFor = stages();

describe('the log of a command', () => {
  it('is that of its own dyno, and not of one that had the same name before', async () => {
    const stage = await stageFor(shop());
    const app = stage.world.app('shop');
    const { logs } = stage.world;
    logs.write(app, 'app', 'run.7', 'of another command');
    logs.write(app, 'heroku', 'run.7', 'Process exited with status 9');
    stage.clock.advance(10 * 60_000);
    const dyno = { id: 'd1', name: 'run.7', at: stage.clock.now(), stop: '' };
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const heard: HeardLine[] = [];
    const ended = new Promise<void>((resolve) => {
      const onLine = (line: HeardLine): void => {
        heard.push(line);
        if (line.exit !== null) resolve();
      };
      void herokuWork(stage.heroku).follow(stage.cx(), stage.cx().app, dyno, { signal: stop.signal, onLine });
    });
    logs.write(app, 'app', 'run.8', 'of another dyno');
    logs.write(app, 'heroku', 'run.7', 'Starting process with command `rake secret=x`');
    logs.write(app, 'app', 'run.7', 'its own');
    logs.write(app, 'app', 'run.7', 'Process exited with status 8');
    logs.write(app, 'heroku', 'run.7', 'Error R14 (Memory quota exceeded)');
    logs.write(app, 'heroku', 'run.7', 'Process exited with status 3');
    await ended;
    expect(heard.map(({ text, exit }) => text ?? exit)).toEqual([
      'its own',
      'Process exited with status 8',
      'heroku: Error R14 (Memory quota exceeded)',
      3,
    ]);
  });
});
